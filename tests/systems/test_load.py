"""Presets and files of one's own: all figures sourced, and every fault told with its file and line."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from wallet.errors import InvalidInput
from wallet.systems import find_system, load_system, programme_rows, systems
from wallet.systems.figures import MARKS, Figure
from wallet.systems.lines import line_of
from wallet.systems.load import FOLDER, Preset
from wallet.systems.sources import find_references, known_sources

PRESETS = [find_system(name) for name in systems()]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.label)
def test_every_figure_has_a_known_source_and_a_mark(preset: Preset) -> None:
    """And what is only general knowledge, or said by nobody, is never passed off as law or as stated."""
    figures = list(preset.system.figures())
    assert len(figures) > 50
    for steps, figure in figures:
        references = find_references(figure.source, preset.sources)
        assert references, steps
        assert figure.mark in MARKS
        keys = {one.source.key for one in references if one.source is not None}
        if keys & {"general", "own"}:
            assert figure.mark in ("unverified", "design"), steps
        if figure.mark == "unverified":
            assert "general" in keys, steps
        if figure.mark == "law":
            assert keys - {"general", "own"}, steps


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.label)
def test_what_is_not_in_force_states_nothing_as_in_force(preset: Preset) -> None:
    """A draft's or a proposal's own figures carry that mark."""
    own = {f"row {number}" for number in preset.system.rows}
    for steps, figure in preset.system.figures():
        if preset.system.status in ("draft", "proposal") and own & set(figure.source):
            assert figure.mark in (preset.system.status, "design"), steps


def test_the_file_has_every_row_of_its_programme() -> None:
    """Rows of the table belong to the preset that lists them, none is missing, none is in two."""
    listed = {number: preset.system.name for preset in PRESETS for number in preset.system.rows}
    assert listed == {row.number: row.system for row in programme_rows()}
    assert sum(len(preset.system.rows) for preset in PRESETS) == 79 == len(programme_rows())


def test_no_source_is_left_over() -> None:
    """A source that no figure names would be a claim nobody can follow."""
    named: set[str] = set()
    for preset in PRESETS:
        system = preset.system
        texts = [text for _, figure in system.figures() for text in figure.source]
        for part in (system, *system.parties, *system.sectors, *system.products, *system.readings):
            texts += part.source
        named |= {text.split()[0] for text in texts}
    unused = set(known_sources()) - named
    assert unused <= {"payment-regulation-2023", "fuzhou-2025", "nantong"}, unused


def test_a_file_of_ones_own_says_only_what_differs(tmp_path: Path) -> None:
    """Laid over a programme that comes along, with a source of its own."""
    file = tmp_path / "mine.toml"
    file.write_text(
        """
based_on = "shenzhen"
name = "mine"
status = "proposal"
[sources.note]
en = "our own note"
zh = "自己的笔记"
[custody]
ratio = { value = 3000, unit = "bps", mark = "design", source = "note" }
""",
        encoding="utf-8",
    )
    preset = load_system(file)
    assert preset.system.name == "mine"
    assert preset.system.custody.ratio.value == 3000
    assert preset.system.custody.schedule == find_system("shenzhen").system.custody.schedule
    assert preset.system.guarantors == find_system("shenzhen").system.guarantors
    assert find_system(str(file)) == preset


RATIO = 'ratio = { value = 10000, unit = "bps", mark = "stated", source = ["row 7", "row 10"] }'
FAULTS = {
    "not TOML": (RATIO, "ratio = = 3", "TOML"),
    "a share above all of it": (RATIO, RATIO.replace("10000", "10001"), "custody.ratio"),
    "a share as text": (RATIO, RATIO.replace("10000", '"all"'), "custody.ratio.value"),
    "yes for a number": (RATIO, RATIO.replace("10000", "true"), "custody.ratio.value"),
    "another unit": (RATIO, RATIO.replace('"bps"', '"percent"'), "custody.ratio"),
    "no source": (RATIO, RATIO.replace(', source = ["row 7", "row 10"]', ""), "custody.ratio.source"),
    "no mark": (RATIO, RATIO.replace(', mark = "stated"', ""), "custody.ratio.mark"),
    "a mark that is none": (RATIO, RATIO.replace('"stated"', '"certain"'), "custody.ratio.mark"),
    "a source that is none": (RATIO, RATIO.replace("row 7", "hearsay"), "custody.ratio.source"),
    "a row that is none": (RATIO, RATIO.replace("row 7", "row 80"), "custody.ratio.source"),
    "a key nobody reads": (RATIO, f"ration = 3\n{RATIO}", "custody.ration"),
    "a choice that is none": ('{ value = "consumer-subwallet"', '{ value = "sock"', "custody.vehicle.value"),
    "a sector that is none": ('sector = "dental"', 'sector = "baking"', "products.0.sector"),
    "a kind that is none": ('kind = "sessions"', 'kind = "lottery"', "products.2.kind"),
    "an impossible change": (
        'trigger = { value = "on-conditions"',
        'trigger = { value = "whenever"',
        "readings.0.changes",
    ),
    "a base that is none": ('name = "suzhou"', 'based_on = "atlantis"\nname = "suzhou"', "based_on"),
    "a name that is none": ('name = "suzhou"', 'name = "Su Zhou"', "name"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_bad_file_is_told_with_its_line(fault: tuple[str, str, str], tmp_path: Path) -> None:
    """The line that has to be changed, and the place in it."""
    before, after, place = fault
    text = (FOLDER / "suzhou.toml").read_text("utf-8")
    assert before in text
    file = tmp_path / "bad.toml"
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        load_system(file)
    error = caught.value
    assert error.error_code == "invalid-system"
    assert error.values["place"] == place
    first = after.splitlines()[0]
    lines = file.read_text("utf-8").splitlines()
    wrong = next(number for number, line in enumerate(lines, 1) if first in line)
    assert error.values["line"] in range(wrong - 4, wrong + 1)
    assert str(error.values["line"]) in error.message
    assert str(file) in error.message


def test_a_missing_part_and_an_empty_file_are_told(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").write_text("")
    with pytest.raises(InvalidInput) as caught:
        load_system(tmp_path / "empty.toml")
    assert caught.value.error_code == "invalid-system"
    with pytest.raises(InvalidInput) as caught:
        find_system(str(tmp_path / "nothing.toml"))
    assert caught.value.error_code == "no-such-file"
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput) as caught:
        load_system(tmp_path / "binary.toml")
    assert caught.value.error_code == "file-unreadable"


def test_unknown_names_are_told() -> None:
    for wanted, code in (("atlantis", "unknown-system"), ("suzhou/never", "unknown-variant")):
        with pytest.raises(InvalidInput) as caught:
            find_system(wanted)
        assert caught.value.error_code == code


def _places(value: object, steps: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*steps, key)
            yield from _places(item, (*steps, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            if isinstance(item, dict):
                yield from _places(item, (*steps, number))


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.toml")), ids=lambda file: file.name)
def test_the_line_of_every_key_is_found(file: Path) -> None:
    """For every seventh key of each file, the line found shows the key or the table around it."""
    text = file.read_text("utf-8")
    lines = text.splitlines()
    for place in list(_places(tomllib.loads(text)))[::7]:
        line = lines[line_of(text, place) - 1]
        names = [step for step in place if isinstance(step, str)]
        assert any(name in line for name in names), (place, line)


def test_lines_are_counted_past_long_texts() -> None:
    """What stands inside quotes or brackets of several lines is no key."""
    text = 'a = """\nb = 1\n[c]\n"""\nd = [\n  "e = 2",\n  { f = 3 },\n]\n[g]\nh.i = 4\n'
    text += "[[j]]\nk = 5\n[[j]]\nk = 6\n"
    places = (("a",), ("d",), ("g", "h", "i"), ("j", 1, "k"))
    assert [line_of(text, place) for place in places] == [1, 5, 10, 14]
    assert line_of(text, ("b",)) == 1
    assert line_of(text, ("j", 0, "nothing")) == 11


def test_presets_load_from_anywhere(tmp_path: Path) -> None:
    """A copy of a preset is a file of one's own like any other."""
    copy = shutil.copy(FOLDER / "jinan.toml", tmp_path / "copy.toml")
    assert load_system(Path(copy)).system == find_system("jinan").system


def test_figures_are_what_they_seem() -> None:
    """Nothing that a figure holds can be changed after it was read."""
    figure = find_system("suzhou").system.custody.ratio
    assert isinstance(figure, Figure)
    with pytest.raises(Exception, match="frozen"):
        figure.value = 3
