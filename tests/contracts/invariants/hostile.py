"""A template as bad as a pure contract can be, and its twin in Python.

`HostileTemplate.sol` answers nonsense in a dozen ways, chosen by the card's terms; the twin foretells which,
so that the search knows what the sub-wallet should make of it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tests.contracts.harness import CACHE
from wallet.compiler import Artefact, compile_folder
from wallet.eip712 import keccak256
from wallet.rules import Cause, TemplateFailed, Unit, Usage
from wallet.terms import Terms

MODES = 12
_FAILS = {3: "reverts", 4: "burns its gas", 5: "answers 31 bytes", 8: "stops"}


@cache
def own_artefact(name: str) -> Artefact:
    """A contract that only the search needs, from beside this module."""
    return compile_folder(Path(__file__).parent, cache=CACHE).artefact(name)


class Hostile:
    """The twin: the same answers, and TemplateFailed where the contract fails."""

    unit = Unit.YUAN

    def unit_of(self, terms: Terms) -> Unit:
        """Yuan, for want of anything better."""
        return self.unit

    def capacity(self, terms: Terms) -> int:
        """Face value; it means nothing here."""
        return terms.face

    def list_price(self, terms: Terms, used: int) -> int:
        """As much again; it means nothing here."""
        return used

    def released(self, terms: Terms, usage: Usage) -> int:
        """By the low byte of `params0`."""
        return self._answer(terms.params0 & 0xFF, terms, usage, 0)

    def entitlement(self, terms: Terms, usage: Usage, cause: Cause) -> int:
        """By the second byte of `params0`."""
        return self._answer(terms.params0 >> 8 & 0xFF, terms, usage, cause)

    def _answer(self, mode: int, terms: Terms, usage: Usage, cause: int) -> int:
        principal = terms.principal
        if mode in _FAILS:
            raise TemplateFailed(_FAILS[mode])
        if mode in (6, 7):
            words = (usage.used, usage.listed, usage.released, usage.elapsed, usage.tier, usage.facts, cause)
            asked = terms.encode() + b"".join(word.to_bytes(32) for word in words)
            garbage = int.from_bytes(keccak256(asked))
            return garbage if mode == 6 else garbage % (2 * principal)
        fixed = {1: (1 << 256) - 1, 2: principal, 9: 7, 10: terms.params1, 11: max(principal - usage.used, 0)}
        return fixed.get(mode, 0)
