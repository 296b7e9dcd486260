from __future__ import annotations

import pytest

from flowtui.report import units


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("512M", 512 << 20), ("1.5g", 3 << 29), ("64KiB", 65536), ("10 MB", 10 << 20), ("1000", 1000), ("0", 0)],
)
def test_sizes(text: str, wanted: int) -> None:
    assert units.size(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"), [("10s", 10), ("500ms", 0.5), ("2m", 120), ("1.5", 1.5), ("1h", 3600), ("0", 0)]
)
def test_times(text: str, wanted: float) -> None:
    assert units.seconds(text) == wanted


@pytest.mark.parametrize("text", ["", "M", "-1", "10 apples", "1e9", "nan", "٣"])
def test_what_is_no_figure_is_refused_with_an_example(text: str) -> None:
    for read in (units.size, units.seconds, units.number):
        if read is not units.number and text == "٣":
            continue
        with pytest.raises(units.UnitError, match="write"):
            read(text)
