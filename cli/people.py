"""Whom a name means: an account in the keystore, a friendly name of a development account, or an address.

The friendly names exist so that a story can be told without addresses; the keys behind them open on local
chains only, which `wallet.signing.dev` enforces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wallet.errors import InvalidInput

if TYPE_CHECKING:
    from wallet.chain.base import Chain
    from wallet.home import Home
    from wallet.signing.accounts import Damaged, Keystore
    from wallet.signing.passwords import PasswordSource
    from wallet.signing.signer import Signer

FRIENDLY = ("operator", "merchant", "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi")
"""Names of the first development accounts, in order; the others are dev10 to dev19."""

_NUMBERED = re.compile(r"dev(1?[0-9])")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an address; `kind` is "keystore", "development" or "address"."""

    name: str
    address: str
    kind: str
    index: int = -1


@dataclass(frozen=True, slots=True)
class People:
    """Everybody this laboratory knows by name."""

    home: Home

    def known(self) -> list[Person]:
        """Keystore accounts first: a person's own account comes before a development one of its name."""
        from wallet.signing.dev import COUNT, dev_addresses

        accounts, damaged = self._keystore().look()
        own = [Person(one.name, one.address, "keystore") for one in accounts]
        # Nobody else may answer to the name of an account whose file cannot be read.
        taken = {one.name for one in accounts} | {one.name for one in damaged}
        names = [FRIENDLY[n] if n < len(FRIENDLY) else f"dev{n}" for n in range(COUNT)]
        shared = [
            Person(name, address, "development", n)
            for n, (name, address) in enumerate(zip(names, dev_addresses(), strict=True))
            if name not in taken
        ]
        return own + shared

    def damaged(self) -> list[Damaged]:
        """Keystore files that cannot be read."""
        return self._keystore().look()[1]

    def find(self, who: str, *, where: str) -> Person:
        """The person of that name or address. Raises InvalidInput `unknown-account` or `invalid-address`.

        EnvironmentFault `keystore-damaged` if it is an account whose file cannot be read.
        """
        if who.startswith("0x"):
            from wallet.address import parse_address

            address = parse_address(who, where=where)
            return next(
                (one for one in self.known() if one.address == address), Person(address, address, "address")
            )
        known = self.known()
        for person in known:
            if who == person.name:
                return person
        for one in self.damaged():
            if who == one.name:
                raise one.problem
        numbered = _NUMBERED.fullmatch(who)
        for person in known:
            if numbered and person.index == int(numbered[1]):
                return person
        own = [one.name for one in known if one.kind == "keystore"]
        raise InvalidInput(
            f"{where}: there is nobody called {who!r}",
            hint=f"say {', '.join([*own, *FRIENDLY])} or an address; `prepaid account list` shows all",
            code="unknown-account",
            value=who,
        )

    def name_of(self, address: str) -> str:
        """The name behind an address, or the address itself."""
        return next((one.name for one in self.known() if one.address == address), address)

    def signer(self, person: Person, chain: Chain, password: PasswordSource) -> Signer:
        """The person's key, unlocked. A development key opens on local chains only (PolicyRefusal)."""
        if person.kind == "keystore":
            return self._keystore().open(person.name, password)
        if person.kind == "development":
            from wallet.signing.dev import dev_signer

            endpoint: str | None = getattr(chain, "endpoint", None)
            return dev_signer(person.index, chain_id=chain.chain_id(), endpoint=endpoint)
        raise InvalidInput(
            f"there is no key for {person.address} here",
            hint="bring it in with `prepaid account import NAME`, or say another account with --as",
            code="no-key",
            value=person.address,
        )

    def _keystore(self) -> Keystore:
        from wallet.signing.accounts import Keystore

        return Keystore(self.home.keys)
