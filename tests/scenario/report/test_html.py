"""The page: complete in itself, in two languages, and deaf to what a scenario's texts try."""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from tests.scenario.report import sample
from wallet.scenario.report.html import html_text, write_html
from wallet.scenario.report.view import page as view_of
from wallet.scenario.report.words import STATUS, WORDS
from wallet.scenario.result import RunResult

VOID = {"meta", "input", "br", "img", "link", "hr", "base", "embed", "source"}
WORDLESS = {"script", "style"}


@dataclass
class Tag:
    name: str
    attributes: dict[str, str]
    parents: tuple[str, ...]


@dataclass(eq=False)
class Page(HTMLParser):
    """Tags in order, text, and the insides of script and style."""

    tags: list[Tag] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    inside: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in WORDLESS})
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), (tag, attrs)
        self.tags.append(Tag(tag, {name: text or "" for name, text in attrs}, tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(Tag(tag, {name: text or "" for name, text in attrs}, tuple(self.open)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in WORDLESS:
            self.inside[self.open[-1]].append(data)
        else:
            self.text.append(data)

    def named(self, *names: str) -> list[Tag]:
        return [tag for tag in self.tags if tag.name in names]


def read(result: RunResult) -> Page:
    page = Page()
    page.feed(html_text(result))
    page.close()
    assert page.open == []
    return page


@pytest.fixture(scope="module")
def page() -> Page:
    return read(sample.run())


@pytest.fixture(scope="module")
def attacked() -> Page:
    return read(sample.hostile())


def test_needs_nothing_from_anywhere(page: Page) -> None:
    """No address but places in the page itself; nothing that could load, frame, embed or post."""
    assert not {"link", "img", "iframe", "object", "embed", "base", "form", "audio", "video"} & {
        tag.name for tag in page.tags
    }
    for tag in page.tags:
        assert tag.attributes.get("href", "#").startswith("#")
        assert not {"src", "action", "srcset", "xlink:href", "style"} & set(tag.attributes)
    (style,) = page.inside["style"]
    assert "@import" not in style
    assert all(place.startswith("url(#") for place in re.findall(r"url\([^)]*\)", style))
    assert "http" not in html_text(RunResult("revm", 1, ())).replace("http-equiv", "")


def test_policy_lets_only_our_own_style_and_script_run(page: Page) -> None:
    (policy,) = (
        tag.attributes["content"]
        for tag in page.named("meta")
        if tag.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    for kind in WORDLESS:
        (inside,) = page.inside[kind]
        digest = b64encode(sha256(inside.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def test_hostile_text_changes_nothing_but_text(page: Page, attacked: Page) -> None:
    """The same run in hostile words has only tags and attributes of ours, one style and one script."""
    assert {tag.name for tag in attacked.tags} <= {tag.name for tag in page.tags}
    known = {name for tag in page.tags for name in tag.attributes}
    assert {name for tag in attacked.tags for name in tag.attributes} <= known
    assert not [name for name in known if name.startswith("on")]
    for kind in WORDLESS:
        assert len(attacked.inside[kind]) == 1
    assert attacked.inside["script"] == page.inside["script"]
    for tag in attacked.tags:
        assert not set(tag.attributes.get("class", "")) & set("<>'\"")
        assert tag.attributes.get("href", "#").startswith("#")


def test_hostile_text_is_shown_as_it_is_but_for_what_is_unseen(attacked: Page) -> None:
    text = "".join(attacked.text)
    for attack in sample.ATTACKS[:3]:
        assert attack in text
    assert "{{ 7*7 }}" in text
    assert "price ⟨U+202E⟩00.1¥ is ⟨U+2066⟩¥1.00⟨U+2069⟩" in text
    assert "⟨U+0000⟩⟨U+0007⟩⟨U+001B⟩[31m⟨U+000D⟩" in text
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x1b]", text)


def test_every_step_name_amount_and_mismatch_is_there(page: Page) -> None:
    text = "".join(page.text)
    for case in sample.run().cases:
        for step in case.steps:
            assert step.title[0] in text
            assert step.title[1] in text
            for sent in step.sent:
                assert sent.hash in text
                assert f"{sent.gas:,} gas" in text
        for tag in case.tags:
            assert f"#{tag}" in text
        for one in case.proves:
            assert one in text
    failure = sample.failed().failure
    assert failure is not None
    for part in (failure.step, failure.repeat, failure.calls, f"{failure.file}:{failure.line}", "¥976.93"):
        assert part in text
    assert "2030-01-02 12:00 (UTC+8)" in text


def test_the_verdict_says_how_many(page: Page) -> None:
    assert "2 of 5 scenarios did not go as written." in page.text
    good, none = sample.passed(), sample.skipped()
    for cases, verdict in (
        ((), "Nothing was played."),
        ((good, good), "All 2 scenarios went as written."),
        ((good, none), "Every scenario that could be played went as written: 1 of 2."),
        ((none,), "Nothing could be played here."),
    ):
        assert view_of(RunResult("revm", 7, cases)).verdict[0] == verdict


def test_both_languages_are_there_word_for_word(page: Page) -> None:
    """Wherever one language is written the other follows, so that a switch hides one of two."""
    spoken = [tag.attributes["lang"] for tag in page.tags if "lang" in tag.attributes and tag.name != "html"]
    counted = Counter(spoken)
    assert counted["en"] == counted["zh"] > 100
    assert all(english and chinese for english, chinese in WORDS.values())
    assert set(STATUS) == {"passed", "failed", "broken", "skipped"}


def test_every_word_is_used() -> None:
    folder = Path(__file__).parents[3] / "wallet/scenario/report"
    sources = [path.read_text("utf-8") for path in ((folder / "view.py"), *(folder / "templates").iterdir())]
    for key in WORDS:
        used = re.compile(rf"""\(['"]{key}['"][,)]|words\.{key}\b|"{key}":""")
        assert any(used.search(source) for source in sources), key


def test_headings_descend_one_by_one(page: Page) -> None:
    depths = [int(tag.name[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag.name)]
    assert depths[0] == 1
    assert depths.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(depths))


def test_pictures_are_told_in_words_or_kept_from_readers(page: Page) -> None:
    ids = [tag.attributes["id"] for tag in page.tags if "id" in tag.attributes]
    assert len(ids) == len(set(ids))
    pictures = page.named("svg")
    assert len([tag for tag in pictures if tag.attributes.get("role") == "img"]) == 4 + 4
    for tag in pictures:
        if tag.attributes.get("role") == "img":
            assert set(tag.attributes["aria-labelledby"].split()) <= set(ids)
        else:
            assert tag.attributes["aria-hidden"] == "true"
    for tag in page.named("a"):
        assert tag.attributes["href"][1:] in ids


def test_table_headers_say_what_they_head_and_what_scrolls_can_be_reached(page: Page) -> None:
    for tag in page.named("th"):
        assert tag.attributes["scope"] in ("col", "row")
    for tag in page.tags:
        if "scroll" in tag.attributes.get("class", "").split():
            assert tag.attributes["tabindex"] == "0"
            assert tag.attributes["aria-label"]


def test_no_filter_searches_the_whole_page(page: Page) -> None:
    """`:has` on the body took seconds for each change on a page of two hundred cases."""
    (style,) = page.inside["style"]
    assert {found[1] for found in re.finditer(r"([\w.#-]+):has\(#", style)} == {"header", ".filter"}


def test_a_hundred_cases_stay_under_three_megabytes() -> None:
    assert len(html_text(sample.many(100)).encode()) < 3_000_000


def test_the_same_result_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b/c"):
        write_html(sample.run(), tmp_path / folder / "report.html")
    assert (tmp_path / "a/report.html").read_bytes() == (tmp_path / "b/c/report.html").read_bytes()
