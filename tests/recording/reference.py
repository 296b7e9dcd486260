"""A slow, plain recorder to compare with: run as ``PYTHON -I reference.py PROBE GRANULARITY PROGRAM``.

It writes one JSON line an event to descriptor 3: ``{"line", "offset", "frames": [[name, {variable: tree}]],
"globals"}``, innermost frame first, taken with `sys.settrace` before the line or instruction is executed. A tree is
``["atom", repr]``, ``[form, type, elements]``, or ``["any"]`` for what is not compared (functions, modules, iterators,
what contains itself).
Locals are read from the frame's own words where the interpreter has them: ``f_locals`` would change what it shows.
"""

import json
import os
import sys
import threading
import types

PROGRAM = "program.py"
#: Deeper than this nothing is compared.
DEEPEST = 12


def load(folder, name):
    """A module of the probe, under its private name."""
    if "_flowtui_probe" not in sys.modules:
        package = types.ModuleType("_flowtui_probe")
        package.__path__ = [folder]
        sys.modules["_flowtui_probe"] = package
    return __import__("_flowtui_probe." + name, fromlist=["*"])


ATOMS = (int, str, float, bool, complex, bytes, type(None))
SEQUENCES = {list: "sequence", tuple: "sequence"}


def tree(value, path=()):
    """What must be seen of `value`."""
    kind = type(value)
    if kind in ATOMS:
        return ["atom", repr(value)]
    if id(value) in path or len(path) > DEEPEST:
        return ["any"]
    path = (*path, id(value))
    if kind in (list, tuple):
        return ["sequence", kind.__name__, [tree(each, path) for each in value]]
    if kind in (set, frozenset):
        return ["set", kind.__name__, sorted(json.dumps(tree(each, path)) for each in value)]
    if kind is dict:
        return ["mapping", "dict", [[tree(key, path), tree(each, path)] for key, each in value.items()]]
    if kind.__module__ == "__main__" and not issubclass(kind, (type, tuple, list, dict, BaseException)):
        found = attributes(value, kind)
        return ["attributes", kind.__name__, [[name, tree(each, path)] for name, each in found]]
    return ["any"]


def attributes(value, kind):
    """An instance's attributes without running any of its code: slots first, then its dictionary."""
    found = []
    for base in reversed(kind.__mro__):
        for name, member in vars(base).items():
            if isinstance(member, types.MemberDescriptorType):
                try:
                    found.append((name, member.__get__(value)))
                except AttributeError:
                    continue
    try:  # noqa: SIM105  # as in the probe
        found += object.__getattribute__(value, "__dict__").items()
    except AttributeError:
        pass
    return found


class Reference:
    """Traces one program."""

    def __init__(self, probe, granularity, out):
        self.granularity = granularity
        self.out = out
        self.words = None
        self.lock = threading.Lock()
        self.threads = {}
        if sys.implementation.name == "cpython":
            self.words = load(probe, "frame_stack")

    def variables(self, frame):
        """The variables of one frame as trees."""
        code = frame.f_code
        if (
            code.co_name == "<module>"
        ):  # its names are the globals; 3.12 loses events when f_locals is asked for
            return {}
        if not code.co_flags & 1:  # CO_OPTIMIZED: a class body's or module's names are a real dictionary
            return {name: tree(value) for name, value in frame.f_locals.items() if name[:2] != "__"}
        if self.words is None:
            return {name: tree(value) for name, value in frame.f_locals.items()}
        names = self.words.slot_names(code)
        window = self.words.window(frame, len(names))
        found = {}
        for name, word in zip(names, window):  # noqa: B905  # 3.8 has no strict
            if not word & self.words.TAG:
                continue
            value = self.words.value_of(word)
            if type(value) is types.CellType:
                try:
                    value = value.cell_contents
                except ValueError:
                    continue
            found[name] = tree(value)
        return found

    def note(self, frame, offset=None):
        """Write one event."""
        frames = []
        each = frame
        while each is not None and each.f_code.co_filename != __file__:
            if each.f_code.co_filename == PROGRAM:
                frames.append([each.f_code.co_name, self.variables(each)])
            each = each.f_back
        names = {name: tree(value) for name, value in list(frame.f_globals.items()) if name[:2] != "__"}
        thread = self.threads.setdefault(threading.current_thread().name, len(self.threads))
        event = {
            "thread": thread,
            "line": frame.f_lineno,
            "offset": frame.f_lasti if offset is None else offset,
            "frames": frames,
            "globals": names,
        }
        with self.lock:
            self.out.write(json.dumps(event) + "\n")

    def trace(self, frame, event, argument):
        """The trace function."""
        if frame.f_code.co_filename != PROGRAM:
            return None
        try:
            if self.granularity == "instruction":
                frame.f_trace_opcodes = True
                frame.f_trace_lines = False
                if event == "opcode":
                    self.note(frame)
            elif event == "line":
                self.note(frame)
        except BaseException:
            self.fail()
        return self.trace

    def instruction(self, code, offset):
        """The callback of `sys.monitoring`: from 3.12 on opcode events of a trace function come too late."""
        if code.co_filename != PROGRAM:
            return sys.monitoring.DISABLE
        try:
            self.note(sys._getframe(1), offset)
        except BaseException:
            self.fail()
        return None

    def fail(self):
        """A mistake here is no difference of a recording: end at once."""
        import traceback

        traceback.print_exc()
        os._exit(3)

    def begin(self):
        """Look at everything from now on."""
        if self.granularity == "instruction" and hasattr(sys, "monitoring"):
            monitoring = sys.monitoring
            monitoring.use_tool_id(2, "reference")
            monitoring.register_callback(2, monitoring.events.INSTRUCTION, self.instruction)
            monitoring.set_events(2, monitoring.events.INSTRUCTION)
            return
        threading.settrace(self.trace)
        sys.settrace(self.trace)

    def end(self):
        """Look no longer."""
        sys.settrace(None)
        threading.settrace(None)
        if hasattr(sys, "monitoring") and sys.monitoring.get_tool(2):
            sys.monitoring.set_events(2, 0)


def main():
    """Run the program."""
    probe, granularity, path = sys.argv[1:4]
    with open(path, encoding="utf-8", errors="surrogatepass") as file:
        code = compile(file.read(), PROGRAM, "exec")
    main_module = types.ModuleType("__main__")
    main_module.__dict__["__file__"] = PROGRAM
    with os.fdopen(3, "w") as out:
        reference = Reference(probe, granularity, out)
        sys.modules["__main__"] = main_module
        reference.begin()
        try:
            exec(code, main_module.__dict__)
        finally:
            reference.end()


if __name__ == "__main__":
    main()
