"""What really lies on operand stacks: run as ``PYTHON -I stack_truth.py PROBE PROGRAM`` by any CPython.

It executes a program under `sys.monitoring` (before 3.12 `sys.settrace`) and writes to descriptor 3 one JSON line for
the table of its code, then one an instruction: ``[frame, code, offset, stack, locals]``, before it is executed. Stack
and changed locals are names of values: the repr of what is plain, else ``#N``, the same N for the same object. A local
that holds a cell has the name of the cell's content, "-" stands for no value.
"""

import json
import os
import sys
import types

PLAIN = (int, str, float, bool, complex, bytes, type(None), type(Ellipsis))


def load(folder, name):
    if "_flowtui_probe" not in sys.modules:
        package = types.ModuleType("_flowtui_probe")
        package.__path__ = [folder]
        sys.modules["_flowtui_probe"] = package
    return __import__("_flowtui_probe." + name, fromlist=["*"])


class Truth:
    def __init__(self, probe, path, out):
        self.out = out
        self.memory = load(probe, "frame_stack")
        bytecode = load(probe, "bytecode")
        with open(path, encoding="utf-8", errors="surrogatepass") as file:
            self.code = compile(file.read(), "program.py", "exec")
        head, columns = bytecode.make(self.code, None)
        self.out.write(json.dumps([head, {name: list(column) for name, column in columns.items()}]) + "\n")
        self.numbers = {code: number for code, number, _ in bytecode.walk(self.code)}
        self.depths = {}
        for code, number in self.numbers.items():
            entry = head["codes"][number]
            rows = range(entry["first"], entry["first"] + entry["count"])
            self.depths[code] = {columns["offset"][row]: columns["stack_before"][row] for row in rows}
        self.frames = {}
        self.names = {}
        self.kept = []
        self.locals = {}
        self.busy = False

    def name(self, value):
        if type(value) in PLAIN:
            return repr(value)
        if value is self.memory.NULL:
            return "NULL"
        number = self.names.get(id(value))
        if number is None:
            number = self.names[id(value)] = len(self.names) + 1
            self.kept.append(value)
        return f"#{number}"

    def held(self, value):
        if type(value) is types.CellType:
            try:
                return self.name(value.cell_contents)
            except ValueError:
                return "-"
        return "-" if value is self.memory.NULL else self.name(value)

    def note(self, frame, offset):
        code = frame.f_code
        memory = self.memory
        known = self.frames.get(frame)
        if known is None:
            known = self.frames[frame] = len(self.frames) + 1
            self.locals[known] = {}
        slots = memory.slot_count(code)
        depth = memory.depth(frame, slots)
        if depth < 0:
            depth = self.depths[code][offset]
        words = memory.window(frame, slots + depth).tolist()
        values = [memory.value_of(word) for word in words]
        old, changed = self.locals[known], {}
        for slot, value in enumerate(values[:slots]):
            name = self.held(value)
            if old.get(slot, "-") != name:
                old[slot] = changed[slot] = name
        stack = [self.name(value) for value in values[slots:]]
        self.out.write(json.dumps([known, self.numbers[code], offset, stack, changed]) + "\n")

    def trace(self, frame, event, argument):
        if frame.f_code not in self.numbers or self.busy:
            return None
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        if event == "opcode":
            self.busy = True
            try:
                self.note(frame, frame.f_lasti)
            finally:
                self.busy = False
        return self.trace

    def monitor(self, monitoring):
        def instruction(code, offset):
            if not self.busy:
                self.busy = True
                try:
                    self.note(sys._getframe(1), offset)
                finally:
                    self.busy = False

        monitoring.use_tool_id(3, "truth")
        monitoring.register_callback(3, monitoring.events.INSTRUCTION, instruction)
        for code in self.numbers:
            monitoring.set_local_events(3, code, monitoring.events.INSTRUCTION)


def main():
    probe, path = sys.argv[1:3]
    with os.fdopen(3, "w") as out:
        truth = Truth(probe, path, out)
        main_module = types.ModuleType("__main__")
        sys.modules["__main__"] = main_module
        main_module.__dict__["__file__"] = path
        if hasattr(sys, "monitoring"):
            truth.monitor(sys.monitoring)
        else:
            sys.settrace(truth.trace)
        try:
            exec(truth.code, main_module.__dict__)
        except BaseException:
            pass
        finally:
            truth.busy = True
            sys.settrace(None)
        out.flush()
        os._exit(0)


if __name__ == "__main__":
    main()
