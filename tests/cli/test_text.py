"""Layout of plain output."""

from __future__ import annotations

import ast
import io
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.messages import Messages
from cli.progress import Progress
from cli.text import Style, harmless, pairs, shares, table, width
from cli.values import parse_span
from wallet.errors import InvalidInput


def test_columns_stay_aligned_with_chinese_and_colours() -> None:
    """Each column begins at the same terminal cell in every row."""
    style = Style(enabled=True)
    text = table(("名称", "fen"), [("示例口腔", "1"), (style.red("abc"), "22")], right=[1], style=style)
    assert {width(line) for line in text.splitlines()} == {width("示例口腔") + 2 + 3}


@given(st.text(max_size=40))
def test_no_text_steers_the_terminal(text: str) -> None:
    """What files and strangers write is shown; only our own colours are colours, and only on a terminal."""
    for style in (Style(), Style(True)):
        shown = harmless(style.red("é\t") + text + "\x1b]0;x\x07\u202e", style)
        left = re.sub(r"\x1b\[[0-9]+m", "", shown) if style.enabled else shown
        assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", left) is None
        assert shown.startswith(style.red("é\t"))
        assert shown.endswith("\\x1b]0;x\\x07\\u202e")


def test_nothing_is_cut() -> None:
    """An address in a table can be copied, however long the line."""
    address = "0x" + "ab" * 120
    assert address in table(("a", "b"), [("x" * 200, address)])
    assert address in pairs([("label", address)])


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=5), st.integers(10, 200))
def test_bars_are_full_and_show_every_fen(parts: list[int], cells: int) -> None:
    """A bar always has its full length, and even one fen is seen."""
    sizes = shares(parts, cells)
    assert sum(sizes) == (cells if sum(parts) else 0)
    assert all((size > 0) == (part > 0) for size, part in zip(sizes, parts, strict=True))


@pytest.mark.parametrize(("text", "seconds"), [("3d", 259_200), ("90m", 5_400), ("12h", 43_200), ("45", 45)])
def test_spans(text: str, seconds: int) -> None:
    assert parse_span(text, where="SPAN") == seconds


@pytest.mark.parametrize("text", ["", "0", "-1d", "1e3", "１d", "3 d", "1y", "99999999w", "1.5h"])
def test_bad_spans_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="SPAN"):
        parse_span(text, where="SPAN")


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_silent_for_a_second_and_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, pipe = _Terminal(), io.StringIO()
    with Progress("quick", stream=screen), Progress("piped", stream=pipe):
        time.sleep(0.05)
    assert (screen.getvalue(), pipe.getvalue()) == ("", "")
    monkeypatch.setattr("cli.progress.PATIENCE", 0.05)
    with Progress("slow", stream=screen) as progress:
        progress.step(1, 2, "half")
        time.sleep(0.4)
        assert "half" in screen.getvalue()
        assert "1/2" in screen.getvalue()
        progress.step(2, 2, "half")
        # Between two pieces of work the line is free for others.
        assert screen.getvalue().endswith("\r\x1b[K")
        drawn = len(screen.getvalue())
        time.sleep(0.3)
        assert len(screen.getvalue()) == drawn


def test_both_languages_say_the_same_things() -> None:
    """The tables have the same keys, and the same blanks to fill in."""
    english, chinese = Messages("en"), Messages("zh")
    assert chinese.names() - english.names() == set()
    assert english.names() - chinese.names() == set()
    blank = re.compile(r"{(\w+)")
    for key in english.names():
        texts = (english.first(key) or "", chinese.first(key) or "")
        assert set(blank.findall(texts[0])) == set(blank.findall(texts[1])), key


@pytest.mark.parametrize(
    ("days", "said"), [(0, "0 days before"), (1, "1 day before"), (11, "11 days before")]
)
def test_one_day_is_no_plural(days: int, said: str) -> None:
    assert Messages("en")("system.compare.days-before", days=days) == said


def test_every_message_is_used_and_every_used_message_exists() -> None:
    """No text is left over, and none is missing."""
    folder = Path(__file__).resolve().parents[2] / "cli"
    words: set[str] = set()
    families: set[str] = set()  # keys put together, as in t(f"status.{…}")
    for path in folder.rglob("*.py"):
        if path.parent.name == "messages":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                families.add(str(node.values[0].value))
    families = {family for family in families if re.fullmatch(r"[a-z-]+\.([a-z-]+\.)*", family)}
    keys = Messages("en").names()
    unused = {key for key in keys if key not in words and not key.startswith((*families, "cmd"))}
    assert unused == set()
    called = set(re.findall(r"\bt\(\s*[\"']([a-z0-9.-]+)[\"']", "\n".join(
        path.read_text("utf-8") for path in folder.rglob("*.py"))))  # fmt: skip
    assert called - keys == set()
