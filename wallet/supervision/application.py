"""What a merchant applies with, and everything that is wrong with it on a given day.

The whole application stays in the book; only the hash of its text goes on the chain. Whether its numbers
belong to a real firm is for the register to say; here they have to be possible, and the firm on no list.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

from wallet.errors import InvalidInput
from wallet.keccak import keccak256
from wallet.law.dates import months_after
from wallet.law.licence import credit_code_fault
from wallet.law.programme import SECTORS, Check, Programme
from wallet.supervision.refusal import NotAllowed

LISTS = {
    "dishonest": Check.NOT_DISHONEST,
    "abnormal": Check.NOT_ABNORMAL,
    "deregistering": Check.NOT_DEREGISTERING,
}
"""Lists that regulators keep, and the check each belongs to (Beijing regulation art. 11)."""

MAX_TEXT = 200
MAX_NAME_BYTES = 100


@dataclass(frozen=True, slots=True)
class Application:
    """One merchant's papers. Empty texts are missing; `licence_until` None is a licence without an end.

    `code` is the unified social credit code, `last_year_revenue` fen (0: younger than a year).
    """

    name: str
    code: str = ""
    licence: str = ""
    licence_from: date | None = None
    licence_until: date | None = None
    bank_account: str = ""
    sector: str = "other"
    district: str = ""
    lease_until: date | None = None
    last_year_revenue: int = 0

    def __post_init__(self) -> None:
        if self.sector not in SECTORS:
            known = ", ".join(SECTORS)
            raise InvalidInput(
                f"sector: {self.sector!r} is not known",
                hint=f"known: {known}",
                code="unknown-sector",
                value=self.sector,
                known=known,
            )
        if not 0 < len(self.name.encode()) <= MAX_NAME_BYTES:
            raise InvalidInput(
                f"merchant name: {self.name!r} is empty or longer than {MAX_NAME_BYTES} bytes",
                hint="use the name the public knows",
                code="invalid-name",
                value=self.name,
                most=MAX_NAME_BYTES,
            )
        for name in ("name", "code", "licence", "bank_account", "district"):
            text = getattr(self, name)
            if len(text) > MAX_TEXT or not text.isprintable() or text != text.strip():
                raise InvalidInput(
                    f"{name}: {text!r} is longer than {MAX_TEXT} characters or holds invisible ones",
                    hint="write it on one line",
                    code="invalid-application",
                    where=name,
                    value=text,
                    most=MAX_TEXT,
                )
        if not 0 <= self.last_year_revenue < 1 << 60:
            raise InvalidInput(
                f"last_year_revenue: {self.last_year_revenue} is no amount",
                hint="write fen, 0 for a firm younger than a year",
                code="invalid-application",
                where="last_year_revenue",
                value=self.last_year_revenue,
            )

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote."""
        return cls(**{one.name: _read(one.name, raw[one.name]) for one in fields(cls) if one.name in raw})

    def to_dict(self) -> dict[str, Any]:
        """Plain values; dates as `2026-07-01`."""
        values = ((one.name, getattr(self, one.name)) for one in fields(self))
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in values}

    @property
    def text(self) -> str:
        """The words whose hash the chain keeps, one spelling only."""
        return json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def hash(self) -> bytes:
        """What the registry keeps as the merchant's licence."""
        return keccak256(self.text.encode())


def faults(
    application: Application, programme: Programme, today: date, *, listed: Collection[str], filed: bool
) -> list[NotAllowed]:
    """Everything that keeps this merchant from selling today, the papers themselves first.

    `listed` are the lists (keys of LISTS) on which its code stands, `filed` whether a filing holds.
    """
    checks = programme.gate.checks
    found: list[NotAllowed] = []
    if Check.LICENCE in checks:
        found += _licence_faults(application, today)
    if Check.BANK_ACCOUNT in checks and not application.bank_account:
        found.append(
            NotAllowed(
                f"{application.name} names no bank account",
                hint="apply with licence and bank account",
                code="bank-account-missing",
                name=application.name,
            )
        )
    if Check.LICENCE_AGE in checks:
        found += _age_faults(application, programme.gate.min_licence_months, today)
    found += [
        NotAllowed(
            f"{application.name} stands on the list of {name} firms",
            hint="have the entry removed by the authority that made it",
            code="merchant-listed",
            name=application.name,
            list=name,
        )
        for name, check in LISTS.items()
        if check in checks and name in listed
    ]
    if Check.FILING in checks and not filed:
        found.append(
            NotAllowed(
                f"{application.name} has not filed with the authority",
                hint="file first: `prepaid supervise file`",
                code="not-filed",
                name=application.name,
            )
        )
    return found


def _licence_faults(application: Application, today: date) -> Iterator[NotAllowed]:
    name = application.name
    if not application.licence or not application.code:
        yield NotAllowed(
            f"{name} shows no business licence",
            hint="apply with licence number and unified social credit code",
            code="licence-missing",
            name=name,
        )
        return
    fault = credit_code_fault(application.code)
    if fault:
        yield NotAllowed(
            f"the unified social credit code {application.code!r} of {name} is not genuine: {fault}",
            hint="copy the 18 characters from the licence (GB 32100-2015)",
            code="licence-forged",
            name=name,
            value=application.code,
        )
    if application.licence_until is not None and application.licence_until < today:
        yield NotAllowed(
            f"the licence of {name} ran out on {application.licence_until}",
            hint="renew it: `prepaid supervise renew`",
            code="licence-expired",
            name=name,
            until=str(application.licence_until),
        )


def _age_faults(application: Application, months: int, today: date) -> Iterator[NotAllowed]:
    since = application.licence_from
    if months and (since is None or months_after(since, months) > today):
        yield NotAllowed(
            f"the licence of {application.name} is not {months} months old"
            + (f" (since {since})" if since else ": it does not say since when it holds"),
            hint="apply again once it is",
            code="licence-too-young",
            name=application.name,
            months=months,
        )


def _read(name: str, value: Any) -> Any:
    if value is not None and name in ("licence_from", "licence_until", "lease_until"):
        return date.fromisoformat(value)
    return value
