"""Random and mutated sources: pieces of Python and of what is none, and crafted sources with a piece changed."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.probe.sources import SOURCES

WORDS = (
    "def class if else : ( ) [ ] { } f' ' \" = == := \n \r\n \r \t \x0c é 漢 lambda x y 1 , . * ** -> "
    "@ # \\ async await with as"
)

pieces = st.one_of(
    st.sampled_from([word.encode() for word in WORDS.split(" ")]), st.binary(max_size=3), st.just(b" ")
)
garbage = st.lists(pieces, max_size=40).map(b"".join)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A crafted source with a piece cut out, doubled or replaced."""
    data = draw(st.sampled_from([source for source in SOURCES.values() if len(source) < 2000]))
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, min(len(data), start + 20)))
    return data[:start] + draw(st.one_of(garbage, st.just(data[start:end] * 2), st.just(b""))) + data[end:]
