"""Everything that can happen in a scenario: one class for each word, one module for each family."""

from __future__ import annotations

import inspect
from typing import Final

from wallet.scenario.verb import Verb
from wallet.scenario.verbs import (
    admitting,
    backing,
    buying,
    disputing,
    ending,
    faults,
    forging,
    moving,
    people,
    products,
    proving,
    raw,
    spending,
    supporting,
    time,
    watching,
)

MODULES: Final = (
    buying,
    spending,
    ending,
    moving,
    people,
    products,
    time,
    admitting,
    watching,
    disputing,
    backing,
    supporting,
    proving,
    faults,
    raw,
    forging,
)
"""Families in the order in which documentation shows them."""


def _verbs() -> dict[str, type[Verb]]:
    found: dict[str, type[Verb]] = {}
    for module in MODULES:
        for kind in vars(module).values():
            if inspect.isclass(kind) and issubclass(kind, Verb) and "word" in vars(kind):
                assert found.setdefault(kind.word, kind) is kind, kind.word
    return found


VERBS: Final = _verbs()
"""Word of a step -> its verb."""
