"""Be the machine: questions about a step whose answers the recording itself has.

No question is asked whose answer is not recorded, or only worked out by us. Distractors are chosen by the step's
number, so that a question asked twice is the same question.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from flowtui.engine.recording import memory
from flowtui.engine.recording.sentence_scene import After, after, file_of, instruction_of
from flowtui.engine.recording.sentences import sentence
from flowtui.explain import instructions as explained
from flowtui.model.stages import Instruction
from flowtui.model.trace import State, Value, Variable

Kind = Literal["next_instruction", "top_of_stack", "next_value", "reference_count"]
#: Choices of a question for the next instruction.
CHOICES = 4
#: How far ahead the next change of a variable may lie.
AHEAD = 2_000
#: Variables whose next change is looked for.
MOST_NAMES = 8
#: Longer texts are not asked for.
LONGEST_ANSWER = 60


class Verdict(msgspec.Struct, frozen=True):
    """Whether an answer is right, and a sentence that says the right one and why."""

    right: bool
    sentence: str


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question about a step.

    Attributes:
        kind: what is asked for.
        prompt: the question, one or two sentences.
        choices: the answers to choose from; None when it is typed.
        answer: the right one, as the recording shows it.
        type: the answer's type, ``opname`` for an instruction.
        reason: why that is the answer: what the step does.
        where: the step at which the answer can be seen.
    """

    kind: Kind
    prompt: str
    choices: tuple[str, ...] | None
    answer: str
    type: str
    reason: str
    where: int

    def judge(self, text: str) -> Verdict:
        """Whether `text` is the answer.

        Tolerated: spaces around and inside; either kind of quotes, and none where the text is unmistakable; other
        spellings of the same number (``1_000``, ``0x10``, ``+8``); upper and lower case of an opcode, and its argument
        left out. ``8`` for ``8.0`` and ``True`` for ``1`` are not the same value's spelling: they are wrong, and the
        sentence says that the type is what differs.
        """
        right = self._same(text)
        beginning = "Right" if right else "No"
        if not right and self._differs_in_type(text):
            beginning = f"Nearly: the value is right, but it is of type {self.type}"
        told = f"{beginning}: {self.answer}." if right else f"{beginning}; it is {self.answer}."
        return Verdict(right, f"{told} {self.reason}".rstrip())

    def _same(self, text: str) -> bool:
        given = text.strip()
        if self.type == "opname":
            return given.split(" ")[0].upper() == self.answer.split(" ")[0].upper() if given else False
        if _tight(given) == _tight(self.answer):
            return True
        given_value, known_value = _literal(given), _literal(self.answer)
        if isinstance(known_value, str) and not isinstance(known_value, _Nothing):
            return given == known_value or given_value == known_value
        if isinstance(given_value, _Nothing) or isinstance(known_value, _Nothing):
            return False
        return type(given_value) is type(known_value) and repr(given_value) == repr(known_value)

    def _differs_in_type(self, text: str) -> bool:
        given, known = _literal(text.strip()), _literal(self.answer)
        numbers = isinstance(given, int | float) and isinstance(known, int | float)
        return numbers and type(given) is not type(known) and given == known


class _Nothing(str):
    """No literal."""

    __slots__ = ()


def _literal(text: str) -> object:
    """The plain value that a text spells; `_Nothing` when it spells none."""
    if len(text) > 4 * LONGEST_ANSWER:
        return _Nothing()
    try:
        found = ast.literal_eval(text.removeprefix("+"))
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return float(text) if text.lower() in ("nan", "inf", "-inf") else _Nothing()
    plain = isinstance(found, bool | int | float | complex | str | bytes) or found is None
    return found if plain else _Nothing()


def _tight(text: str) -> str:
    """A text with one space for every run of them."""
    return re.sub(r"\s+", " ", text.strip())


class _Lives(Protocol):
    """What of a recording is needed beside what sentences need."""

    def change_of(self, n: int, frame: int, name: str, direction: int) -> int | None:
        """The next or last change of a variable."""
        ...


class Predictable(memory.Memory, _Lives, Protocol):
    """A recording that questions can be asked about."""


def questions(recording: Predictable, n: int) -> tuple[Question, ...]:
    """The questions that can be asked at step `n`, at most one of each kind.

    Only what is recorded and read, not worked out, is asked for; so there may be none.
    """
    state = recording.state(n)
    choose = random.Random(n)  # noqa: S311  # the same question at the same step, no secret
    found: list[Question | None] = []
    instruction = instruction_of(recording, state.step) if state.step.event == "instruction" else None
    if instruction is not None:
        came = after(recording, n)
        if came.outcome == "goes on":
            found.append(_next_instruction(recording, state, instruction, came, choose))
            found.append(_top_of_stack(recording, state, instruction, came))
    found.append(_next_value(recording, state, choose))
    found.append(_reference_count(recording, state, choose))
    return tuple(each for each in found if each is not None)


def _shown(instruction: Instruction) -> str:
    shown = instruction.argrepr if len(instruction.argrepr) <= 40 else ""
    return f"{instruction.opname} {shown}".rstrip()


def _next_instruction(
    recording: Predictable, state: State, instruction: Instruction, came: After, choose: random.Random
) -> Question | None:
    assert came.step is not None
    following = instruction_of(recording, came.step)
    file = file_of(recording, state.step.file)
    if following is None or file is None or state.step.code is None:
        return None
    code = file.table.codes[state.step.code - file.base]
    rows = [file.table.row(row) for row in range(code.first, code.first + code.count)]
    answer = _shown(following)
    names = {following.opname}
    others: list[str] = []
    # First what is as plausible: where the other way would lead, and what stands near; then anything of the code.
    here = next((i for i, each in enumerate(rows) if each.offset == instruction.offset), 0)
    jumps = {instruction.jump_target, following.jump_target}
    likely = [each for each in rows if each.offset in jumps] + rows[here + 1 : here + 6]
    rest = [*rows]
    choose.shuffle(rest)
    for each in (*likely, *rest):
        if (
            len(others) + 1 < CHOICES
            and each.opname not in names
            and each.opname not in ("CACHE", "EXTENDED_ARG")
        ):
            names.add(each.opname)
            others.append(_shown(each))
    if not others:
        return None
    choices = [answer, *others]
    choose.shuffle(choices)
    told = sentence(recording, state.step.number, state)
    return Question(
        kind="next_instruction",
        prompt=f"`{_shown(instruction)}` is about to be executed. Which instruction comes after it?",
        choices=tuple(choices),
        answer=answer,
        type="opname",
        reason=told,
        where=came.step.number,
    )


def _askable(value: Value) -> bool:
    """Whether a value can be typed: a plain one, read, whole and short."""
    if value.object is not None or value.inferred or not value.type or len(value.text) > LONGEST_ANSWER:
        return False
    return not isinstance(_literal(value.text), _Nothing)


def _top_of_stack(
    recording: Predictable, state: State, instruction: Instruction, came: After
) -> Question | None:
    assert came.state is not None
    before, later = state.frames[0], came.state.frames[0]
    if before.stack is None or not later.stack or before.stack_inferred or later.stack_inferred:
        return None
    if later.stack == before.stack[: len(later.stack)] or not _askable(later.stack[-1]):
        return None
    told = explained.instruction(instruction.opname, instruction.arg, instruction.argval, instruction.argrepr)
    return Question(
        kind="top_of_stack",
        prompt=f"`{_shown(instruction)}` is about to be executed. What is on top of the stack after it? ({told})",
        choices=None,
        answer=later.stack[-1].text,
        type=later.stack[-1].type,
        reason=sentence(recording, state.step.number, state),
        where=came.state.step.number,
    )


def _next_value(recording: Predictable, state: State, choose: random.Random) -> Question | None:
    if not state.frames or state.step.event not in ("line", "instruction"):
        return None
    frame = 0 if state.frames[0].name == "<module>" else state.frames[0].number
    values = {each.name: each.value for each in _variables(state, frame) if _askable(each.value)}
    names = [name for name in values if not name.startswith("__")]
    choose.shuffle(names)
    for name in names[:MOST_NAMES]:
        m = recording.change_of(state.step.number, frame, name, +1)
        if m is None or m > state.step.number + AHEAD:
            continue
        later = _variables(recording.state(m, heap_limit=0), frame)
        value = next((each.value for each in later if each.name == name), None)
        if value is not None and _askable(value):
            return Question(
                kind="next_value",
                prompt=f"`{name}` is {values[name].text} now. What is the next value that it gets?",
                choices=None,
                answer=value.text,
                type=value.type,
                reason=_why_changed(recording, m),
                where=m,
            )
    return None


def _variables(state: State, frame: int) -> Sequence[Variable]:
    """The variables of a frame, or the program's globals for frame 0."""
    if not frame:
        return state.globals
    return next((each.variables for each in state.frames if each.number == frame), ())


def _why_changed(recording: Predictable, m: int) -> str:
    """The sentence of what changed a variable that is new at step `m`."""
    step = recording.step(m)
    if step.event != "instruction":
        return sentence(recording, m)
    for before in range(m - 1, max(0, m - 50), -1):
        if recording.step(before).frame == step.frame and recording.step(before).event == "instruction":
            return sentence(recording, before)
    return ""


def _reference_count(recording: Predictable, state: State, choose: random.Random) -> Question | None:
    """A question for a count that was read; of an object that a variable in sight names."""
    n = state.step.number
    objects = {each.number: each for each in memory.annotate(recording, state).heap}
    variables = (*(state.frames[0].variables if state.frames else ()), *state.globals)
    names: dict[int, str] = {}
    for each in variables:
        if each.value.object is not None and not each.name.startswith("__"):
            names.setdefault(each.value.object, each.name)
    known = [
        number
        for number in names
        if number in objects and objects[number].form != "leaf" and not objects[number].ghost
        and objects[number].count is not None and not objects[number].count_inferred
    ]  # fmt: skip
    if not known:
        return None
    number = choose.choice(sorted(known))
    found = objects[number]
    who = [each.text for each in memory.referrers(recording, number, n)]
    return Question(
        kind="reference_count",
        prompt=f"How many references are there now to the {found.type} that `{names[number]}` names?",
        choices=None,
        answer=str(found.count),
        type="int",
        reason=f"What refers to it: {'; '.join(who)}." if who else "",
        where=n,
    )
