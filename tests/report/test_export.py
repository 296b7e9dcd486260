from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from flowtui.report import export
from tests.report.material import broken, ran, report

PROGRAM = "x = '<script>alert(1)</script>'\nprint(x & 1)\n"


class Page(HTMLParser):
    """The ids and links of a page; it also sees that every tag is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag != "meta":
            self.open.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.links += [value for name, value in attrs if name in {"href", "src"} and value]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page(given: object) -> tuple[str, Page]:
    html = "".join(export.html_chunks(given))  # type: ignore[arg-type]  # a Report
    parsed = Page()
    parsed.feed(html)
    parsed.close()
    return html, parsed


def test_the_page_stands_alone_and_its_links_arrive() -> None:
    html, parsed = page(report(PROGRAM, ran=ran("<b>\n")))
    assert parsed.open == []
    assert len(parsed.ids) == len(set(parsed.ids))
    assert parsed.links
    assert {link.removeprefix("#") for link in parsed.links} <= set(parsed.ids)
    assert all(link.startswith("#") for link in parsed.links)
    assert "http" not in html
    assert "url(" not in html
    assert "script" not in parsed.tags
    assert "b" not in parsed.tags


def test_the_page_has_a_section_a_stage_and_both_schemes() -> None:
    html, parsed = page(report(PROGRAM))
    assert [i for i in parsed.ids if not i.startswith("L")] == [
        "source",
        "tokens",
        "ast",
        "symbols",
        "bytecode",
        "output",
    ]
    assert "prefers-color-scheme: dark" in html
    assert '<a href="#L2">' in html


def test_a_failure_is_part_of_the_page() -> None:
    html, _ = page(broken())
    assert '<section id="ast" class="failed">' in html
    assert "Nothing was run" in html


def test_lone_surrogates_can_be_written() -> None:
    html, _ = page(report("x = 1\n", ran=ran("\udc80\n")))
    html.encode("utf-8")
    export.svg(report("x = 1\n", ran=ran("\udc80\x00\n")), 80).encode("utf-8")


def test_the_picture_is_xml_and_loads_nothing() -> None:
    picture = export.svg(report(PROGRAM), 90)
    ET.fromstring(picture)
    assert re.findall("url\\((?!#)", picture) == []
    assert "@font-face" not in picture
    assert "letters" not in picture
    assert "tokens" in picture


def test_a_picture_that_would_be_too_long_says_so(monkeypatch: object) -> None:
    lines = export.svg(report("x = 1\n" * 2000, stages=("tokens",), named=True), 80)
    assert "lines&#160;more" in lines
