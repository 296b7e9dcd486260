# ruff: noqa: UP031  # several numbers in one sentence read better so
"""Reads a heap's streams back, plainly, and compares them with the real objects. Read by 3.8 and PyPy too.

Run as ``PYTHON -I …`` beside the probe's folder; see `test_heap`.
"""

import struct
import sys
import types
from collections import deque


def load(folder, name):
    """A module of the probe, under its private name."""
    if "_flowtui_probe" not in sys.modules:
        package = types.ModuleType("_flowtui_probe")
        package.__path__ = [folder]
        sys.modules["_flowtui_probe"] = package
    return __import__("_flowtui_probe." + name, fromlist=["*"])


class Reading:
    """What the streams say, up to where they are written."""

    def __init__(self, form, words, texts):
        self.form, self.words, self.bytes = form, words, texts
        self.at = self.text_at = 0
        self.texts = [None]
        self.objects = {}
        self.freed = {}

    def update(self, heap):
        """Read what was written since."""
        while self.text_at < heap.text_bytes:
            kind, length = struct.unpack_from("<BI", self.bytes, self.text_at)
            start = self.text_at + 5
            self.texts.append(
                (kind, bytes(self.bytes[start : start + length]).decode("utf-8", "surrogatepass"))
            )
            self.text_at = start + length
        assert self.text_at == heap.text_bytes
        while self.at < heap.words:
            head, what, third = self.words[self.at : self.at + 3]
            count = third & 0xFFFFFFFF
            values = list(self.words[self.at + 3 : self.at + 3 + count])
            self.apply(
                head >> 32,
                head & 0xFFFFFFFF,
                what >> 56,
                what >> 28 & 0xFFFFFFF,
                what & 0xFFFFFFF,
                third >> 32,
                values,
            )
            self.at += 3 + count
        assert self.at == heap.words

    def apply(self, step, number, form, start, removed, size, values):
        """One version."""
        f = self.form
        if form == f.H_BORN:
            assert number not in self.objects
            assert number not in self.freed
            self.objects[number] = {
                "born": step, "type": self.texts[start], "address": values[0], "text": self.texts[values[1]],
                "size": size, "form": "leaf", "left": 0, "count": None, "items": [], "changed": step,
            }  # fmt: skip
            assert self.texts[start][0] == f.T_TYPE
            return
        each = self.objects[number]
        each["changed"] = step
        items = each["items"]
        if form == f.H_SEQUENCE:
            each["form"] = "sequence"
            assert start + removed <= len(items)
            items[start : start + removed] = values
        elif form == f.H_SET:
            each["form"] = "set"
            each["items"] = values
        elif form == f.H_ADDED:
            assert not set(items) & set(values)
            items += values
        elif form == f.H_REMOVED:
            keys = set(values)
            if each["form"] == "set":
                assert keys <= set(items)
                each["items"] = [value for value in items if value not in keys]
            else:
                assert keys <= {key for key, _ in items}
                each["items"] = [item for item in items if item[0] not in keys]
        elif form in (f.H_MAPPING, f.H_ATTRIBUTES):
            each["form"] = "mapping" if form == f.H_MAPPING else "attributes"
            each["items"] = [list(pair) for pair in zip(values[::2], values[1::2])]  # noqa: B905  # 3.8 has no strict
        elif form in (f.H_MAPPING_ITEM, f.H_ATTRIBUTE):
            for item in items:
                if item[0] == values[0]:
                    item[1] = values[1]
                    break
            else:
                items.append(values)
        elif form in (f.H_MAPPING_AT, f.H_ATTRIBUTE_AT):
            items[start][1] = values[0]
        elif form == f.H_FREED:
            self.freed[number] = (step, start)
            del self.objects[number]
        elif form == f.H_COUNT:
            each["count"] = start
        elif form == f.H_CUT:
            each["left"] = removed
        else:
            raise AssertionError(form)

    # ---- comparing

    def atom(self, word):
        """What a word shows, for values without a number: (type, text)."""
        f = self.form
        tag = word & 7
        if tag == f.V_INT:
            value = word >> 3
            return ("int", str(value - (1 << 61) if value >> 60 else value))
        if tag == f.V_CONST:
            return {f.NONE: ("NoneType", "None"), f.TRUE: ("bool", "True"), f.FALSE: ("bool", "False"),
                    f.ELLIPSIS: ("ellipsis", "Ellipsis")}[word]  # fmt: skip
        kind, text = self.texts[word >> 3]
        names = {f.T_INT: "int", f.T_STR: "str", f.T_FLOAT: "float", f.T_BYTES: "bytes", f.T_COMPLEX: "complex",
                 f.T_STR_CUT: "str cut", f.T_BYTES_CUT: "bytes cut", f.T_INT_CUT: "int cut"}  # fmt: skip
        return (names[kind], text)

    def difference(self, word, value):
        """The first difference between what `word` stands for and a real object; None when there is none."""
        f = self.form
        work = [(word, value, "")]
        seen = set()
        holders = []  # keeps what is compared alive: an id stands for one object
        while work:
            word, value, path = work.pop()
            wanted = real_atom(value)
            if wanted is not None:
                shown = self.atom(word) if word & 7 != f.V_OBJECT else ("object", word >> 3)
                if shown != wanted:
                    return f"{path} is {shown!r}, really {wanted!r}"
                continue
            if word & 7 != f.V_OBJECT:
                return f"{path} is {self.atom(word)!r}, really a {type(value).__name__}"
            if (word, id(value)) in seen:
                continue
            seen.add((word, id(value)))
            holders.append(value)
            number = word >> 3
            if number in self.freed:
                return "%s is #%d, freed at %r" % (path, number, self.freed[number])
            each = self.objects[number]
            if each["type"][1] != type.__dict__["__name__"].__get__(type(value)):
                return "{} is a {}, really {}".format(path, each["type"][1], type(value))
            if each["address"] != id(value):
                return "%s #%d has another address" % (path, number)
            form, elements = real_elements(value)
            if form == "any":
                continue
            items = each["items"]
            if each["form"] != form or len(items) + each["left"] != len(elements):
                return "%s #%d is a %s of %d, really %s of %d" % (
                    path, number, each["form"], len(items) + each["left"], form, len(elements))  # fmt: skip
            if form == "leaf":
                if elements and each["text"][1] != elements:
                    return "%s #%d is %r, really %r" % (path, number, each["text"], elements)
            elif form == "sequence":
                work += [(w, v, path + "[%d]" % i) for i, (w, v) in enumerate(zip(items, elements))]  # noqa: B905  # 3.8 has no strict
            elif form == "set":
                atoms = sorted(self.atom(w) for w in items if w & 7 != f.V_OBJECT)
                real = sorted(real_atom(v) for v in elements if real_atom(v) is not None)
                if not each["left"] and atoms != real:
                    return "%s #%d has %r, really %r" % (path, number, atoms, real)
                addresses = {self.objects[w >> 3]["address"]: w for w in items if w & 7 == f.V_OBJECT}
                for v in elements:
                    if real_atom(v) is None and not each["left"]:
                        if id(v) not in addresses:
                            return "%s #%d lacks a %s" % (path, number, type(v))
                        work.append((addresses[id(v)], v, path + "{}"))
            else:
                for i, ((kw, vw), (k, v)) in enumerate(zip(items, elements)):  # noqa: B905  # 3.8 has no strict
                    work += [(kw, k, path + ".key(%d)" % i), (vw, v, path + ".value(%d)" % i)]
        return None


def real_atom(value):
    """What must be seen of a value that has no number."""
    cls = type(value)
    if value is None or cls is bool:
        return (cls.__name__, repr(value))
    if cls is int:
        return ("int", repr(value)) if value.bit_length() <= 2000 else ("int cut", str(value.bit_length()))
    if cls is str:
        return ("str", value) if len(value) <= 200 else ("str cut", "%d|%s" % (len(value), value[:200]))
    if cls is bytes:
        text = ("bytes cut", "%d|%r" % (len(value), value[:200]))
        return ("bytes", repr(value)) if len(value) <= 200 else text
    if cls in (float, complex):
        return (cls.__name__, repr(value))
    return ("ellipsis", "Ellipsis") if value is ... else None


def real_elements(value):
    """An object's form and elements, without running code of its class's."""
    cls = type(value)
    line = type.__dict__["__mro__"].__get__(cls)
    if dict in line:
        return "mapping", list(dict.items(value))
    for base in (list, tuple, deque):
        if base in line:
            return "sequence", list(base.__iter__(value))
    for base in (set, frozenset):
        if base in line:
            return "set", list(base.__iter__(value))
    if BaseException in line:
        return "sequence", list(BaseException.args.__get__(value))
    if cls is range:
        return "leaf", ()
    if cls is types.CellType:
        return "attributes", [("cell_contents", value.cell_contents)]
    if cls.__module__ == "__main__" and type(cls) is type:
        found = []
        for base in reversed(line):
            for name, member in list(vars(base).items()):
                if isinstance(member, types.MemberDescriptorType) and base.__module__ == "__main__":
                    try:
                        found.append((name, member.__get__(value)))
                    except AttributeError:
                        continue
        try:  # noqa: SIM105  # contextlib is not to be loaded here
            found += list(object.__getattribute__(value, "__dict__").items())
        except AttributeError:
            pass
        return "attributes", found
    return "any", ()
