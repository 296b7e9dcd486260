"""One plain sentence on what a step does, with its real values."""

from __future__ import annotations

import ast
from functools import lru_cache

from flowtui.engine.recording.sentence_forms import (
    CALLS,
    FORMS,
    JUMPS,
    KEEPING_JUMPS,
    POPPING_JUMPS,
    WITH_ARGUMENT,
)
from flowtui.engine.recording.sentence_scene import (
    After,
    Recorded,
    Scene,
    after,
    bare,
    caller,
    clip,
    file_of,
    instruction_of,
    joined,
    row_at,
    variables_of,
)
from flowtui.explain import instructions as explained
from flowtui.explain.values import NoValueError
from flowtui.model.source import split_lines
from flowtui.model.stages import Instruction
from flowtui.model.trace import Change, State, Step, Value

#: Changes that a line's sentence names.
MOST_CHANGES = 3


def sentence(recording: Recorded, n: int, state: State | None = None) -> str:
    """What step `n` does, in one or two sentences.

    Args:
        recording: the recording.
        n: the step.
        state: the state at it, where it is there already.
    """
    state = recording.state(n, heap_limit=0) if state is None else state
    step = state.step
    switched = _switched(recording, step)
    if step.event == "instruction":
        instruction = instruction_of(recording, step)
        if instruction is None:
            return f"{switched}The instruction at offset {step.offset} is next."
        return switched + _instruction(recording, instruction, state)
    if step.event == "line":
        return switched + _line(recording, state)
    return switched + _event(recording, state)


# ---- instructions


def _instruction(recording: Recorded, instruction: Instruction, state: State) -> str:
    came = after(recording, state.step.number)
    scene = Scene(instruction, state, came)
    name = instruction.opname
    try:
        if name in POPPING_JUMPS or name in KEEPING_JUMPS:
            return _jump(recording, scene)
        if name in JUMPS:
            return f"{_head(instruction)} goes on at {_place(recording, scene, instruction.jump_target)}."
        if name == "FOR_ITER":
            return _for_iter(recording, scene)
        if name in FORMS:
            return _formed(recording, scene)
    except NoValueError:
        pass
    return _general(recording, scene)


def _head(instruction: Instruction) -> str:
    """The opcode in backticks, with its argument where that helps."""
    name = instruction.opname
    if name not in WITH_ARGUMENT:
        return f"`{name}`"
    argument = instruction.argrepr
    for noise in ("NULL|self + ", " + NULL|self", "NULL + ", " + NULL"):
        argument = argument.replace(noise, "")
    if not argument and instruction.arg is not None:
        argument = str(instruction.arg)
    return f"`{name} {clip(argument, 24)}`" if argument and "`" not in argument else f"`{name}`"


def _formed(recording: Recorded, scene: Scene) -> str:
    instruction, came = scene.instruction, scene.came
    takes, gives = FORMS[instruction.opname]
    head = _head(instruction)
    taken = scene.filled(takes)
    if came.outcome == "raises" and instruction.opname not in ("RERAISE", "RAISE_VARARGS"):
        raised = f"raises {_exception(recording, came)}"
        return f"{head} {taken}, which {raised}." if taken else f"{head} {raised}."
    if came.outcome in ("calls", "resumes"):
        return f"{head} {_into_frame(scene, taken)}."
    try:
        given = scene.filled(gives)
    except NoValueError:
        if not taken:
            raise
        return f"{head} {taken}."
    if not taken:
        return f"{head} {given}."
    return f"{head} {taken}, {given}." if given.startswith("pushes") else f"{head} {taken} and {given}."


def _into_frame(scene: Scene, taken: str) -> str:
    """The end of a sentence when a recorded frame begins or goes on."""
    came = scene.came
    assert came.state is not None
    frame = came.state.frames[0]
    name = frame.name
    if came.outcome == "resumes":
        return f"{taken}, and {name} goes on" if taken else f"makes {name} go on"
    arguments = variables_of(frame)
    given = f" with {arguments}" if arguments else ""
    if scene.instruction.opname in CALLS and _calls(scene, name):
        return f"calls {name}{given or ' without arguments'}, and a new frame begins"
    beginning = f"a new frame begins: {name}{given}"
    return f"{taken}; {beginning}" if taken else beginning


def _calls(scene: Scene, name: str) -> bool:
    """Whether what a call instruction calls has this name; False where the operand stack is not known."""
    try:
        called = bare(scene.call()[0].text).rpartition(".")[2]
    except NoValueError:
        return False
    return called in (name, name.rpartition(".")[2])


def _place(recording: Recorded, scene: Scene, offset: int | None) -> str:
    """``42 (line 9)``."""
    if offset is None:
        raise NoValueError("target")
    step = scene.state.step
    file = file_of(recording, step.file)
    row = row_at(file.table, step.code - file.base, offset) if file and step.code is not None else None
    line = file.table.source_line[row] if file is not None and row is not None else 0
    return f"{offset} (line {line})" if line else str(offset)


def _jump(recording: Recorded, scene: Scene) -> str:
    instruction, came = scene.instruction, scene.came
    head, top = _head(instruction), scene.before(0)
    pops = instruction.opname in POPPING_JUMPS
    if came.outcome == "raises":
        return f"{head} pops {top}, which raises {_exception(recording, came)}."
    if came.outcome in ("calls", "resumes"):
        return f"{head} {_into_frame(scene, f'looks whether {top} is true')}."
    if came.step is None or came.outcome != "goes on":
        raise NoValueError("jump")
    if came.step.offset == instruction.jump_target:
        kept = "pops" if pops else "keeps"
        return f"{head} {kept} {top} and jumps to {_place(recording, scene, instruction.jump_target)}."
    return f"{head} pops {top} and does not jump."


def _for_iter(recording: Recorded, scene: Scene) -> str:
    instruction, came = scene.instruction, scene.came
    head = _head(instruction)
    depth = 0 if scene.stack and scene.stack[-1].text != "NULL" else 1
    iterator = scene.before(depth)
    if came.outcome == "raises":
        return f"{head} asks {iterator} for its next value, which raises {_exception(recording, came)}."
    if came.outcome in ("calls", "resumes"):
        return f"{head} {_into_frame(scene, f'asks {iterator} for its next value')}."
    if came.step is None or came.step.offset is None or came.outcome != "goes on":
        raise NoValueError("jump")
    ahead = instruction.offset + 2 + 2 * instruction.caches
    if came.step.offset == ahead:
        return f"{head} takes the next value from {iterator} and pushes it: {scene['result']}."
    place = _place(recording, scene, came.step.offset)
    return f"{head} finds no more in {iterator}: the loop ends, and it goes on at {place}."


def _general(recording: Recorded, scene: Scene) -> str:
    """An opcode's explanation, with what it pops and pushes, and what came of it."""
    instruction, came = scene.instruction, scene.came
    told = explained.instruction(instruction.opname, instruction.arg, instruction.argval, instruction.argrepr)
    text = f"{_head(instruction)}: {told}"
    stack, later = scene.stack, scene.later
    if came.outcome == "calls" or came.outcome == "resumes":
        return f"{text} Here {_into_frame(scene, '')}."
    if came.outcome == "raises":
        return f"{text} Here it raises {_exception(recording, came)}."
    if stack is None or later is None:
        return text
    same = 0
    while same < min(len(stack), len(later)) and stack[same] == later[same]:
        same += 1
    popped = [clip(each.text) for each in stack[same:]]
    pushed = [clip(each.text) for each in later[same:]]
    parts = ([f"pops {joined(popped)}"] if popped else []) + ([f"pushes {joined(pushed)}"] if pushed else [])
    return f"{text} It {' and '.join(parts)}." if parts else text


def _exception(recording: Recorded, came: After) -> str:
    value = came.state.value if came.state is not None else None
    if value is None or came.step is None:
        return "an exception"
    return described(recording, value, came.step.number)


def described(recording: Recorded, value: Value, n: int) -> str:
    """An exception as a traceback's last line has it, as far as its arguments are recorded."""
    shown = recording.object_at(value.object, n) if value.object is not None else None
    if shown is None:
        return clip(value.text, 80)
    arguments = [each.value for each in shown.elements]
    if shown.form != "sequence":
        return clip(shown.text or value.text, 80)
    if not arguments:
        return shown.type
    texts = [each.text for each in arguments]
    if len(texts) == 1 and arguments[0].type == "str" and shown.type != "KeyError":
        return f"{shown.type}: {clip(unquoted(texts[0]), 80)}"
    return f"{shown.type}: {clip(texts[0] if len(texts) == 1 else '(' + ', '.join(texts) + ')', 80)}"


def unquoted(text: str) -> str:
    """A string from its repr; the repr itself where it is not whole."""
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return found if isinstance(found, str) else text


# ---- lines


def _line(recording: Recorded, state: State) -> str:
    step = state.step
    file = file_of(recording, step.file)
    text = ""
    if file is not None and file.source is not None and step.line is not None:
        lines = _lines(file.source)
        if 0 < step.line <= len(lines):
            text = lines[step.line - 1].strip()
    beginning = f"Line {step.line} is next" + (f": {clip(text, 70)}" if text else "")
    changed = _last_line_did(recording, state)
    return f"{beginning}{';' if changed else '.'}{changed}"


@lru_cache(8)
def _lines(source: str) -> list[str]:
    return split_lines(source)


def _last_line_did(recording: Recorded, state: State) -> str:
    step = state.step
    changes = [
        each
        for each in recording.changes(step.number)
        if each.what in ("local", "global", "name") and each.frame in (0, step.frame)
    ]
    if not changes:
        return ""
    former = _former(recording, step)
    told = [_changed(each, former) for each in changes[:MOST_CHANGES]]
    if len(changes) > MOST_CHANGES:
        told.append(f"changed {len(changes) - MOST_CHANGES} more")
    return f" the last line {joined(told)}."


def _former(recording: Recorded, step: Step) -> State | None:
    """The state at the step before, when it is one of the same frame or the module's."""
    for m in range(step.number - 1, max(0, step.number - 8), -1):
        if recording.step(m).thread == step.thread and recording.step(m).event != "collect":
            return recording.state(m, heap_limit=0)
    return None


def _changed(change: Change, former: State | None) -> str:
    old = _old_value(change, former)
    if change.value is None or change.value.text == "":
        return f"took the name {change.name} away" + (f"; it was {clip(old.text)}" if old else "")
    if old is None:
        return f"named {clip(change.value.text)} {change.name}"
    return f"changed {change.name} from {clip(old.text)} to {clip(change.value.text)}"


def _old_value(change: Change, former: State | None) -> Value | None:
    if former is None:
        return None
    if change.what == "global":
        variables = former.globals
    else:
        variables = next((each.variables for each in former.frames if each.number == change.frame), ())
    return next((each.value for each in variables if each.name == change.name), None)


# ---- calls, returns and the rest


def _switched(recording: Recorded, step: Step) -> str:
    if step.number < 2 or step.event == "thread":
        return ""
    before = recording.step(step.number - 1)
    if before.thread == step.thread:
        return ""
    return f"Thread {step.thread} runs now. " if step.thread else "The main thread runs now. "


def _event(recording: Recorded, state: State) -> str:
    step = state.step
    name = state.frames[0].name if state.frames else "the program"
    above = caller(state)
    value = clip(state.value.text) if state.value is not None else "a value that is not recorded"
    if step.event == "call":
        arguments = variables_of(state.frames[0]) if state.frames else ""
        return f"A new frame begins: {name}{f' with {arguments}' if arguments else ''}."
    if step.event == "return":
        if step.note == "unwound":
            raised = described(recording, state.value, step.number) if state.value else "an exception"
            return f"{name} is left by {raised}, which goes up to {above}."
        return f"{name} returns {value} to {above}."
    if step.event == "yield":
        return f"{name} gives {value} to {above} and waits."
    if step.event == "resume":
        thrown = step.note == "thrown"
        return f"An exception is thrown into {name}, which goes on." if thrown else f"{name} goes on."
    if step.event == "exception":
        raised = described(recording, state.value, step.number) if state.value else "An exception"
        return f"{raised} arises in {name} or comes up to it."
    if step.event == "thread":
        which = f"Thread {step.thread}" if step.thread else "The main thread"
        return f"{which} {step.note or 'begins'}."
    return _collected(recording, step)


def _collected(recording: Recorded, step: Step) -> str:
    done = recording.collected(step.number)
    generation, count, stuck = done if done is not None else (None, 0, 0)
    where = "" if generation is None else f" on generation {generation}"
    number = (
        f"freed {count} object{'' if count == 1 else 's'} in cycles" if count else "found nothing to free"
    )
    known = [each for each in recording.changes(step.number) if each.what == "freed" and each.value]
    shown = joined([f"{each.value.text} {each.name}" for each in known if each.value])
    listed = f"; of those recorded: {shown}" if known else ""
    left = f"; {stuck} could not be freed" if stuck else ""
    return f"The collector ran{where} and {number}{listed}{left}."
