"""What a command works at: an open chain with its journal, and the people who can sign.

Opening brings the journal in line with the chain; whatever an earlier command left unfinished is told.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli.ask import password_source
from cli.people import People, Person
from cli.session import Session, session_of
from wallet.errors import InvalidInput

if TYPE_CHECKING:
    from wallet.chain.base import Chain
    from wallet.ledger import Recovery, Transaction
    from wallet.services.context import Context
    from wallet.signing.signer import Signer

WHO_VARIABLE = "PREPAID_AS"


@dataclass(frozen=True, slots=True)
class Desk:
    """An open chain and everything to act on it."""

    session: Session
    context: Context
    people: People
    password_file: Path | None = None

    @property
    def chain(self) -> Chain:
        return self.context.chain

    def person(self, who: str | None, default: str) -> Person:
        """Who acts: the one named, else PREPAID_AS, else on a local chain `default`."""
        who = who or os.environ.get(WHO_VARIABLE) or (default if self.chain.is_local else None)
        if who is None:
            t = self.session.t
            raise InvalidInput(t("desk.who"), hint=t("desk.who-hint", variable=WHO_VARIABLE), code="usage")
        return self.people.find(who, where="--as")

    def signer(self, who: str | None, default: str) -> Signer:
        """The key of whoever acts."""
        return self._unlock(self.person(who, default))

    def carrier(self, who: str | None) -> Signer | None:
        """The key of whoever carries and pays gas, if somebody else does."""
        return None if who is None else self._unlock(self.people.find(who, where="--carrier"))

    def _unlock(self, person: Person) -> Signer:
        """A person's own key; for a recoverable account the key behind it."""
        source = password_source(self.session, self.password_file)
        if person.kind == "address":
            from wallet.services.owner import key_behind, owner_signer

            key = key_behind(self.chain, person.address)
            if key is not None:
                behind = self.people.find(key, where="--as")
                return owner_signer(
                    self.context, person.address, self.people.signer(behind, self.chain, source)
                )
        return self.people.signer(person, self.chain, source)

    def address(self, who: str, *, where: str) -> str:
        return self.people.find(who, where=where).address

    def name(self, address: str) -> str:
        return self.people.name_of(address)


def open_desk(ctx: typer.Context, *, password_file: Path | None = None) -> Desk:
    """Open chain and journal for one command; the session closes them."""
    session = session_of(ctx)
    return desk_of(session, password_file=password_file)


def desk_of(session: Session, *, password_file: Path | None = None, passing: bool = False) -> Desk:
    """The same for a session in hand; `passing` where a chain that ends with the command will do."""
    from wallet.services.context import open_context

    home = session.home()
    chain = session.open_chain(passing=passing)
    progress = session.exits.enter_context(session.progress())
    context, recovery = open_context(
        chain,
        ledger=home.ledger,
        deployments=home.deployments,
        on_progress=progress.step,
        confirmations=session.chain_options().confirmations,
        language=session.t.lang,
    )
    session.exits.callback(context.journal.close)
    people = People(home)
    _tell(session, chain, recovery)
    for file in people.damaged():
        session.tell(session.t("account.left-out", file=file.path))
    return Desk(session, context, people, password_file)


def _tell(session: Session, chain: Chain, recovery: Recovery) -> None:
    t = session.t
    for notice in chain.notices:
        session.tell(notice)
    chain.notices.clear()
    if recovery.previous is not None:
        session.tell(t("recovery.another-chain"))
    told: tuple[tuple[str, tuple[Transaction, ...]], ...] = (
        ("recovery.finished", recovery.finished),
        ("recovery.failed", recovery.failed),
        ("recovery.waiting", recovery.waiting),
        ("recovery.forgotten", recovery.forgotten),
    )
    for key, transactions in told:
        for one in transactions:
            session.tell(t(key, purpose=one.purpose, hash=f"0x{one.hash.hex()}", note=one.note))
