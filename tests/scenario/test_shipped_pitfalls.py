"""Every pitfall of docs/pitfalls.md is shown by a shipped scenario, but for those that none can tell."""

from __future__ import annotations

import re
from pathlib import Path

from tests.scenario.test_shipped import ROOT, shipped
from wallet.scenario.load import Case

OWN = ("pitfalls", "crossings")
"""Themes that are about pitfalls alone."""
UNSAID = {
    "the-chains-id-changes": "a chain keeps its id for as long as a scenario runs on it",
    "wrong-type-hash-or-field-order": "compares other implementations, which are no part of a case",
    "an-account-with-delegated-code-is-taken-for-a-contract": "no chain here puts code on an account",
    "a-contract-has-a-function-nobody-thought-of": "is about the list of functions, not what they do",
}
"""Pitfalls that cannot be told as something that happens, and why."""


def pitfalls() -> set[str]:
    """Names of the tests on the page, as scenarios write them."""
    page = (ROOT / "docs" / "pitfalls.md").read_text("utf-8")
    return {name.replace("_", "-") for name in re.findall(r"`test_pitfall_(\w+)`", page)}


def claims(case: Case) -> set[str]:
    """Pitfalls that a case says it proves."""
    return {said.removeprefix("pitfall ") for said in case.proves if said.startswith("pitfall ")}


def test_every_pitfall_is_proven_by_a_scenario_or_has_a_reason_why_not() -> None:
    proven = set().union(*map(claims, shipped()))
    assert proven - pitfalls() == set(), "no such pitfall on the page"
    assert pitfalls() - proven == set(UNSAID), "those that cannot be told, and only those"


def test_every_scenario_of_these_themes_says_which_pitfall_it_shows() -> None:
    own = [case for case in shipped() if Path(case.file).parent.name in OWN]
    assert len({case.file for case in own}) >= len(pitfalls())
    assert [case.id for case in own if not claims(case)] == []
