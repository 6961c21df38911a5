"""docs/scenarios.md says of every verb what the verb says of itself, and its example is true."""

from __future__ import annotations

import re
from pathlib import Path

from scripts.scenario_docs import PAGE, page
from wallet.scenario import values
from wallet.scenario.load import load
from wallet.scenario.pool import play_all

TEXT = PAGE.read_text("utf-8")


def test_the_tables_are_fresh() -> None:
    """After a change of a verb: `make scenario-docs`."""
    assert page() == TEXT


def test_the_example_passes(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(scenario: .*?)```", TEXT, re.S)
    assert example is not None
    file = tmp_path / "example.scenario.yaml"
    file.write_text(example[1], "utf-8")
    result = play_all(load([str(file)]))
    assert [case.reason for case in result.cases] == ["", ""]


def test_the_forms_of_values_are_read_or_refused_as_the_table_says() -> None:
    readers = {
        "money": values.read_money,
        "counts": lambda text: values.Quantity.read(text),
        "spans": values.read_duration,
        "moments": values.read_moment,
        "shares": values.read_share,
    }
    for what, read in readers.items():
        row = re.search(rf"^\| {what} \| (.*?) \| (.*?) \|$", TEXT, re.M)
        assert row is not None
        for text in re.findall(r"`([^`]+)`", row[1].partition(";")[0]):
            read(text)
        for text in re.findall(r"`([^`]+)`", row[2]):
            try:
                read(text)
            except ValueError:
                continue
            raise AssertionError(f"{what}: {text} is read")
