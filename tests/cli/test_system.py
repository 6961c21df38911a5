"""`prepaid system`: programmes listed and explained, in both languages, with the source of every figure."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from cli.messages import Messages
from cli.messages.areas.figures import TEXT as FIGURES
from cli.messages.areas.system import TEXT as COMMANDS
from wallet.systems import find_system, systems
from wallet.systems.figures import MARKS

if TYPE_CHECKING:
    from tests.cli.conftest import Run

Call = Callable[..., "Run"]
ROOT = Path(__file__).resolve().parents[2]


def test_all_twelve_are_listed_with_their_status(call: Call) -> None:
    """Drafts and proposals are told apart from what is in force."""
    found = call("system", "list", "--json").data
    assert [one["name"] for one in found] == list(systems())
    assert len(found) == 12
    status = {one["name"]: one["status"] for one in found}
    assert {name for name, said in status.items() if said != "in-force"} == {
        "beijing_medical", "kaifeng", "unsupervised",
    }  # fmt: skip
    assert all(one["hypothetical"] is (one["status"] != "in-force") for one in found)
    text = call("system", "list").out
    assert re.search(r"^kaifeng .* proposal ", text, re.M)
    assert re.search(r"^beijing_medical .* draft ", text, re.M)
    assert re.search(r"^chengdu .* 30%–100% ", text, re.M)


@pytest.mark.parametrize("name", systems())
def test_a_programme_is_explained_with_every_source(name: str, call: Call) -> None:
    """In each language: its words, and the address of each source; and nothing English on a Chinese page.

    But for names of sources, keys and addresses, and abbreviations.
    """
    preset = find_system(name)
    system = preset.system
    for lang, said in (("en", system.explanation.en), ("zh", system.explanation.zh)):
        page = call("system", "show", name, "--lang", lang)
        assert page.status == 0
        assert said in page.out
        for _, figure in system.figures():
            for text in figure.source:
                key = text.split()[0]
                for address in preset.sources[key].addresses if key != "row" else ():
                    assert address in page.out
        assert (Messages(lang)("system.not-in-force") in page.out) is not system.in_force
    body, _, _ = page.out.partition("\n出处\n")
    keys = {*preset.sources, name, *(one.key for one in (*system.sectors, *system.readings))}
    for key in sorted({*keys, *(one.label for one in system.products)}, key=len, reverse=True):
        body = body.replace(key or " ", " ")
    assert set(re.findall(r"[A-Za-z]{3,}", body)) <= {"App", "SHA"}


def test_every_figure_and_choice_has_words() -> None:
    """Whatever a preset may hold is said, not shown as a key."""
    for name in systems():
        for steps, figure in find_system(name).system.figures():
            group, place = (steps[-2] if "changes" in steps else steps[0]), steps[-1]
            assert f"system.figure.{group}.{place}" in FIGURES, steps
            values = figure.value if isinstance(figure.value, (tuple, list)) else [figure.value]
            words = [one for one in values if isinstance(one, str)]
            words += list(figure.value) if isinstance(figure.value, dict) else []
            for word in words:
                assert f"system.word.{word}" in FIGURES, (steps, word)
    for mark in MARKS:
        assert f"system.mark.{mark}" in COMMANDS


def test_json_has_both_languages_and_the_addresses(call: Call) -> None:
    data = call("system", "show", "chengdu/order-at-sale", "--json").data
    assert data["variant"] == "order-at-sale"
    assert data["hypothetical"] is False
    assert data["system"]["title"]["zh"] == "“成都预付保”"
    assert data["system"]["custody"]["schedule"]["value"] == "advance-first"
    ladder = data["system"]["custody"]["ladder"]
    assert ladder == {**ladder, "value": [0, 3000, 5000, 7000], "unit": "bps", "mark": "design"}
    assert data["sources"]["spc-2025-4"]["addresses"]


def test_a_file_of_ones_own_is_shown_or_refused_by_line(call: Call, tmp_path: Path) -> None:
    """A developer's prototype is read like any other programme."""
    own = 'based_on = "jinan"\nname = "mine"\n[custody]\nratio = { value = 9000, unit = "bps", '
    (tmp_path / "mine.toml").write_text(own + 'mark = "design", source = "own" }\n')
    data = call("system", "show", "mine.toml", "--json").data
    assert data["system"]["custody"]["ratio"]["value"] == 9000
    (tmp_path / "mine.toml").write_text(own + 'mark = "sure", source = "own" }\n')
    refused = call("system", "show", "mine.toml", "--json")
    assert (refused.status, refused.code) == (2, "invalid-system")
    assert "mine.toml, line 4: custody.ratio.mark" in refused.envelope["error"]["message"]
    chinese = call("system", "show", "mine.toml", "--lang", "zh")
    assert "mine.toml 第 4 行：custody.ratio.mark" in chinese.err
    assert call("system", "show", "atlantis", "--json").code == "unknown-system"
    assert call("system", "show", "suzhou/x", "--json").code == "unknown-variant"


def test_a_year_is_told_in_both_languages(call: Call) -> None:
    """Scene by scene in three phases, then who asked for what and who has how much."""
    for lang, name in (("en", "unsupervised"), ("zh", "fuzhou_jinan/return-all")):
        told = call("system", "story", name, "--lang", lang)
        assert told.status == 0, told.err
        t = Messages(lang)
        for phase in ("before", "during", "after"):
            assert t(f"system.phase.{phase}") in told.out
        assert "{" not in told.out
        assert t("system.party.failing") in told.out


def test_programmes_are_compared_with_a_chart(call: Call, tmp_path: Path) -> None:
    """The same story on each: a table, the data, and a picture that is a picture."""
    told = call("system", "compare", "unsupervised", "kaifeng", "--chart", "chart.svg")
    assert told.status == 0, told.err
    assert re.search(r"^unsupervised\* +7000\.00 ", told.out, re.M)
    assert re.search(r"^kaifeng\* +\d", told.out, re.M)
    picture = ElementTree.parse(tmp_path / "chart.svg").getroot()
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(list(picture.iter("{http://www.w3.org/2000/svg}rect"))) == 1 + 3 + 2 * 3
    (alone,) = call("system", "compare", "unsupervised", "--json").data
    assert (alone["lost"], alone["refused"], alone["asked_for"]) == (700_000, 4, 6)
    assert alone["gas"] is None
    assert {party["name"] for party in alone["parties"]} >= {"consumers", "steady", "failing", "bank"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_everything_a_story_can_say_has_words(lang: str) -> None:
    """Scenes, reasons, parties and kinds of gas, as the story's own sources name them."""
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "wallet" / "stories").glob("*.py"))
    t = Messages(lang)
    for kind, pattern in (
        ("scene", r'self\._scene\(\w+, [^,]+, "([a-z-]+)"'),
        ("why", r'_leave\(\w+|"([a-z]+-[a-z]+)"\)\n'),
        ("gas", r'self\._gas\("([a-z]+)"'),
    ):
        for word in re.findall(pattern, sources):
            if word and (kind != "why" or word in ("changed-mind", "own-wish")):
                assert t.first(f"system.{kind}.{word}"), word


def test_a_programmes_product_is_listed_on_ones_own_chain(call: Call, shop: Path) -> None:
    """The form is shown, then registered; the product carries its hash and the programme's figures."""
    shown = call("system", "form", "chengdu", "--out", "form.txt")
    assert (shop / "form.txt").read_text("utf-8") in shown.out
    refused = call("system", "publish", "chengdu", "rehabilitation", "--json")
    assert (refused.status, refused.code) == (2, "form-missing")
    assert call("system", "form", "chengdu", "--register").status == 0
    listed = call("system", "publish", "chengdu", "rehabilitation", "--json").data
    assert listed["name"] == "twenty rehabilitation sessions"
    assert (listed["principal"], listed["numbers"]["ladder3"]) == (300_000, 7_000)
    assert listed["terms"]["form"] == call("system", "form", "chengdu", "--json").data["form"]
    assert call("system", "publish", "chengdu", "nothing", "--json").code == "unknown-product"
    conditions = ("system", "publish", "suzhou/on-conditions", "cleaning")
    assert call("system", "form", "suzhou/on-conditions", "--register").status == 0
    assert call(*conditions, "--json").code == "certifier-missing"
    assert call(*conditions, "--certifier", "carol", "--lang", "zh").status == 0
