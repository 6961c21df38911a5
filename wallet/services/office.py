"""The supervision book open beside a chain, with the programme in force and the right to write in it.

Where no programme was adopted there is no office, and nothing is gated. Every fact is dated by the chain and
said by somebody whose key was at hand and whose role allows it. Roles are given by the platform's first
operator and by those who approve operators; operators have theirs from the registry on the chain.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from wallet.bindings.operators import Operators
from wallet.bindings.runtime import ask
from wallet.errors import EnvironmentFault, InvalidInput
from wallet.keccak import keccak256
from wallet.law.dates import day_at
from wallet.law.programme import Programme
from wallet.services.context import Context
from wallet.signing.signer import Signer
from wallet.supervision.application import Application
from wallet.supervision.book import NAME, Book
from wallet.supervision.dossier import Dossier, add_up, lists_of
from wallet.supervision.facts import APART, APPOINTED, MAY_SAY, Fact, Role
from wallet.supervision.refusal import NotAllowed

OPERATOR = keccak256(b"OPERATOR")

_APPLY = "let it apply with licence and bank account: `prepaid supervise apply`"


@dataclass(frozen=True, slots=True)
class Office:
    """One chain, its book and its programme."""

    context: Context
    book: Book
    programme: Programme

    @property
    def now(self) -> int:
        """The chain's time."""
        return self.context.chain.now()

    @property
    def today(self) -> date:
        return day_at(self.now)

    @property
    def phase(self) -> int:
        """The phase of the programme that was opened last; 1 at the start."""
        opened = self.book.facts(kinds=("phase-opened",), newest=1)
        return int(opened[0].data["phase"]) if opened else 1

    def dossier(self, merchant: str) -> Dossier:
        """All that the book says of a merchant."""
        return add_up(merchant, self.book.facts(subject=merchant))

    def applicant(self, merchant: str, *, hint: str = _APPLY) -> tuple[Dossier, Application]:
        """A merchant's dossier and the papers in it; NotAllowed (`no-application`) where it never applied."""
        dossier = self.dossier(merchant)
        if dossier.application is None:
            raise NotAllowed(
                f"{merchant} has not applied to the programme {self.programme.name}",
                hint=hint,
                code="no-application",
                merchant=merchant,
                programme=self.programme.name,
            )
        return dossier, dossier.application

    def listed(self, dossier: Dossier) -> frozenset[str]:
        """The lists on which the merchant's credit code stands."""
        code = "" if dossier.application is None else dossier.application.code
        return lists_of(self.book.facts(subject=code, kinds=("listed", "unlisted"))) if code else frozenset()

    def roles(self, address: str) -> frozenset[Role]:
        """What somebody may act as, apart from what everybody may."""
        found: set[Role] = set()
        for fact in self.book.facts(subject=address, kinds=("role-given", "role-taken")):
            (found.add if fact.kind == "role-given" else found.discard)(Role(fact.data["role"]))
        if ask(self.context.chain, self.context.merchants.has_role(OPERATOR, address)):
            found.add(Role.OPERATOR)
        if address == self.context.platform.operator or self._approves_operators(address):
            found.add(Role.ADMIN)
        if self.book.facts(subject=address, kinds=("applied",), newest=1):
            found.add(Role.MERCHANT)
        return frozenset(found)

    def _approves_operators(self, address: str) -> bool:
        board = self.context.platform.parts.get("Operators")
        return board is not None and ask(self.context.chain, Operators(board).is_approver(address))

    def require(self, kind: str, by: Signer, subject: str = "") -> Role:
        """The role in which `by` may say a fact of this kind; NotAllowed `not-your-part` if in none.

        A merchant speaks for itself only. Papers make it a merchant, so anybody may apply.
        """
        allowed = MAY_SAY[kind]
        held = self.roles(by.address) | {Role.PUBLIC}
        if kind == "applied" and not held & set(APART) - {Role.MERCHANT}:
            held |= {Role.MERCHANT}
        for role in allowed:
            if role in held and (role is not Role.MERCHANT or subject == by.address):
                return role
        names = ", ".join(allowed)
        raise NotAllowed(
            f"{by.address} may not record this; only these roles may: {names}",
            hint="act as somebody who may (--as), or let the platform's operator give the role",
            code="not-your-part",
            who=by.address,
            kind=kind,
            roles=names,
        )

    def say(self, kind: str, subject: str, by: Signer, **data: Any) -> Fact:
        """Write a fact down, dated now; NotAllowed if it is not `by`'s to say."""
        role = self.require(kind, by, subject)
        (fact,) = self.book.say([self.fact(kind, subject, role, by.address, data)])
        return fact

    def fact(self, kind: str, subject: str, role: Role, by: str, data: dict[str, Any]) -> Fact:
        """A fact dated now, not yet written down."""
        head = self.context.chain.head()
        return Fact(kind, subject, role, by, self.now, head.number, head.hash, data)


@contextmanager
def open_office(context: Context) -> Iterator[Office | None]:
    """The office while the `with` lasts; None where no programme was adopted on this chain."""
    path = context.journal.path.with_name(NAME)
    if not path.exists():
        yield None
        return
    with Book.open(path, context.identity, durable=context.journal.durable) as book:
        book.follow(lambda number, block_hash: _stands(context, number, block_hash))
        adopted = book.facts(kinds=("programme-adopted",), newest=1)
        if not adopted:
            yield None
            return
        yield Office(context, book, _programme(json.dumps(adopted[0].data), str(path)))


@lru_cache(maxsize=8)
def _programme(text: str, where: str) -> Programme:
    """A programme checks every one of its values, and is asked for at every step of every sale."""
    return Programme.from_dict(json.loads(text), where)


@contextmanager
def need_office(context: Context) -> Iterator[Office]:
    """The same where there has to be one; EnvironmentFault `no-programme`."""
    with open_office(context) as office:
        if office is None:
            raise EnvironmentFault(
                "no programme is in force on this chain",
                hint="adopt one first: `prepaid supervise adopt`",
                code="no-programme",
            )
        yield office


def adopt(context: Context, admin: Signer, programme: Programme) -> Fact:
    """Put a programme into force; a later one takes its place. By the platform's first operator."""
    path, durable = context.journal.path.with_name(NAME), context.journal.durable
    with Book.open(path, context.identity, durable=durable) as book:
        book.follow(lambda number, block_hash: _stands(context, number, block_hash))
        office = Office(context, book, programme)
        role = office.require("programme-adopted", admin)
        said = office.fact("programme-adopted", "", role, admin.address, programme.to_dict())
        (fact,) = book.say([said])
        return fact


def appoint(context: Context, admin: Signer, who: str, role: str, title: str = "") -> Fact:
    """Give somebody a role: government, bank, insurer or approver. `title` says which office it is.

    NotAllowed `roles-apart` if that person has a role that has to stay apart from it.
    """
    with need_office(context) as office:
        wanted = _appointed(role)
        office.require("role-given", admin)
        others = sorted(office.roles(who) & set(APART) - {wanted})
        if wanted in APART and others:
            raise NotAllowed(
                f"{who} is {others[0]} already and cannot be {wanted} as well",
                hint="regulator, operator, bank, insurer and merchant are different parties: name another",
                code="roles-apart",
                who=who,
                role=str(wanted),
                other=str(others[0]),
            )
        return office.say("role-given", who, admin, role=str(wanted), title=title)


def dismiss(context: Context, admin: Signer, who: str, role: str) -> Fact:
    """Take a role from somebody."""
    with need_office(context) as office:
        return office.say("role-taken", who, admin, role=str(_appointed(role)))


def _appointed(role: str) -> Role:
    names = [str(one) for one in APPOINTED]
    if role not in names:
        raise InvalidInput(
            f"role: {role!r} is not given here",
            hint="say " + ", ".join(names),
            code="unknown-role",
            value=role,
            known=", ".join(names),
        )
    return Role(role)


def _stands(context: Context, number: int, block_hash: bytes) -> bool:
    block = context.chain.block(number)
    return block is not None and block.hash == block_hash
