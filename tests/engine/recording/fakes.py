"""A stand-in for a recording: real Python values as a reader would show them."""

from __future__ import annotations

from flowtui.model.trace import Element, FrameState, HeapObject, State, Step, Value, Variable

PLAIN = (int, float, complex, str, bytes, bool, type(None), type(...))
FORMS = {list: "sequence", tuple: "sequence", dict: "mapping", set: "set", frozenset: "set"}


class FakeFile:
    def __init__(self, source, number=0):
        self.source = source
        self.number = number
        self.path = "program.py"


class FakeRecording:
    """One state of some values, at every step the same."""

    def __init__(self, source="", cut=None, **values):
        self.files = [FakeFile(source)]
        self.objects = {}
        self.numbers = {}
        self.keys = {}
        self.kept = []
        self.cut = cut or {}
        self.variables = {name: self.value(each) for name, each in values.items()}

    def value(self, value):
        if type(value) in PLAIN:
            return Value(repr(value), type(value).__name__)
        number = self.numbers.get(id(value))
        if number is None:
            number = self.numbers[id(value)] = len(self.numbers) + 1
            self.kept.append(value)
            self.objects[number] = self.object(number, value)
        return Value(type(value).__name__, type(value).__name__, number)

    def object(self, number, value):
        form = FORMS.get(type(value), "leaf" if isinstance(value, type) else "attributes")
        text = f"class {value.__name__}" if isinstance(value, type) else ""
        self.objects[number] = None
        if form in ("sequence", "set"):
            elements = [Element(str(i), self.value(each)) for i, each in enumerate(value)]
        elif form == "mapping":
            elements = [Element(repr(key), self.value(each)) for key, each in value.items()]
            self.keys[number] = [self.value(key) for key in value]
        elif form == "attributes":
            elements = [Element(name, self.value(each)) for name, each in vars(value).items()]
        else:
            elements = []
        keep = self.cut.get(type(value).__name__, len(elements))
        return HeapObject(
            number=number,
            type=type(value).__name__,
            form=form,
            text=text,
            elements=tuple(elements[:keep]),
            left_out=max(0, len(elements) - keep),
            address=id(value),
            size=None,
            count=None,
            count_inferred=False,
            born=1,
            died=None,
            cause="",
        )

    def object_at(self, number, n, elements=50):
        return self.objects.get(number)

    def keys_at(self, number, n, elements=50):
        keep = len(self.objects[number].elements)
        return tuple(self.keys.get(number, ())[:keep])

    def state(self, n=1, heap_limit=200):
        step = Step(
            number=n, event="line", code=0, file=0, line=1, offset=None, span=None, depth=1, frame=1, thread=0
        )
        variables = tuple(Variable(name, "local", each) for name, each in self.variables.items())
        frame = FrameState(
            number=1,
            code=0,
            name="f",
            file=0,
            line=1,
            offset=None,
            span=None,
            variables=variables,
            stack=None,
        )
        return State(
            step=step,
            frames=(frame,),
            globals=(),
            heap=(),
            heap_left_out=0,
            value=None,
            stdout="",
            stderr="",
        )
