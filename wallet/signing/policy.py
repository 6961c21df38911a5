"""What the owner of a wallet lets it sign: limits and allowed merchants, in `policy.toml`.

Without a file everything is allowed, and every signature still shows its sentence. Limits are on the fen that
may move to a merchant (`maxPay`), days are calendar days in UTC+8 by the chain's clock. A policy
decides; asking the person is the front end's part.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from wallet.address import parse_address
from wallet.errors import EnvironmentFault, InvalidInput, PolicyRefusal
from wallet.home import write_atomic
from wallet.money import format_yuan, parse_yuan

SCHEMA = 1
_LIMIT = 10**14
_REASONS = {
    "en": {
        "per_charge": "{fen} yuan is over the limit of {limit} a charge",
        "per_day": "with {spent} yuan authorised today, {fen} more is over the limit of {limit} a day",
        "merchants": "merchant {merchant} is not among the allowed ones",
    },
    "zh": {
        "per_charge": "{fen} 元超过单笔限额 {limit} 元",
        "per_day": "今日已授权 {spent} 元，再加 {fen} 元超过每日限额 {limit} 元",
        "merchants": "商户 {merchant} 不在允许之列",
    },
}
_RULES = {"per_charge": "limit", "per_day": "limit", "merchants": "allowed"}


class Outcome(StrEnum):
    """What happens: sign, ask the person first, or refuse."""

    ALLOW = "allow"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `fen`; beyond it `outcome`."""

    fen: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Allowed:
    """Only these merchants (checksum addresses); for others `outcome`."""

    merchants: frozenset[str]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that was touched: its outcome, its name and one sentence."""

    outcome: Outcome
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The strictest outcome and every reason for it."""

    outcome: Outcome
    reasons: tuple[Reason, ...] = ()

    def require(self, ask: Callable[[tuple[Reason, ...]], bool] | None = None) -> None:
        """Return if signing may go on; `ask` puts the reasons to the person. PolicyRefusal otherwise."""
        if self.outcome is Outcome.ALLOW:
            return
        if self.outcome is Outcome.ASK and ask is not None and ask(self.reasons):
            return
        reasons = "; ".join(reason.text for reason in self.reasons)
        raise PolicyRefusal(
            reasons,
            hint="change the policy with `prepaid policy set`, or confirm where it says ask",
            code="policy-refused" if self.outcome is Outcome.REFUSE else "policy-unconfirmed",
            rules=[reason.rule for reason in self.reasons],
            reasons=reasons,
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """The owner's rules; None where there is none."""

    per_charge: Limit | None = None
    per_day: Limit | None = None
    merchants: Allowed | None = None

    def judge(self, *, fen: int, merchant: str, spent_today: int, language: str = "en") -> Verdict:
        """The verdict on letting `fen` move to `merchant`, after `spent_today` fen were authorised today.

        A charge at exactly a limit is within it. Reasons are told in `language`, "en" or "zh".
        """
        say = _REASONS[language]
        reasons = []
        if self.per_charge is not None and fen > self.per_charge.fen:
            text = say["per_charge"].format(fen=format_yuan(fen), limit=format_yuan(self.per_charge.fen))
            reasons.append(Reason(self.per_charge.outcome, "per_charge", text))
        if self.per_day is not None and spent_today + fen > self.per_day.fen:
            text = say["per_day"].format(
                spent=format_yuan(spent_today), fen=format_yuan(fen), limit=format_yuan(self.per_day.fen)
            )
            reasons.append(Reason(self.per_day.outcome, "per_day", text))
        if self.merchants is not None and merchant not in self.merchants.merchants:
            text = say["merchants"].format(merchant=merchant)
            reasons.append(Reason(self.merchants.outcome, "merchants", text))
        outcomes = {reason.outcome for reason in reasons}
        strictest = next((o for o in (Outcome.REFUSE, Outcome.ASK) if o in outcomes), Outcome.ALLOW)
        return Verdict(strictest, tuple(reasons))

    def to_toml(self) -> str:
        """The file's text; reading it back gives this policy."""
        lines = ["# What this wallet may sign. Outcomes: ask, refuse. Amounts in yuan.", f"schema = {SCHEMA}"]
        for name, limit in (("per_charge", self.per_charge), ("per_day", self.per_day)):
            if limit is not None:
                amount = f'limit = "{format_yuan(limit.fen)}"'
                lines += ["", f"[{name}]", amount, f'outcome = "{limit.outcome.value}"']
        if self.merchants is not None:
            listed = ", ".join(f'"{address}"' for address in sorted(self.merchants.merchants))
            outcome = f'outcome = "{self.merchants.outcome.value}"'
            lines += ["", "[merchants]", f"allowed = [{listed}]", outcome]
        return "\n".join(lines) + "\n"


def load_policy(path: Path) -> Policy:
    """The policy in a file; one that allows everything if there is no file.

    Raises InvalidInput (`invalid-policy`) naming file and line, EnvironmentFault if it cannot be read: a
    policy that cannot be read must not be taken for none.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Policy()
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentFault(
            f"the policy {path} cannot be read: {error}",
            hint="nothing is signed until it can be; restore or delete the file",
            code="policy-unreadable",
            file=str(path),
        ) from error
    return parse_policy(text, where=str(path))


def parse_policy(text: str, *, where: str = "policy.toml") -> Policy:
    """Read a policy's text strictly: unknown keys and wrong types are refused."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else len(text.splitlines())
        raise _bad(where, line, str(error)) from None
    reader = _Reader(text, where)
    reader.keys((), document, {"schema", *_RULES}, {"schema"})
    if document["schema"] is True or document["schema"] != SCHEMA:
        raise reader.bad(("schema",), f"schema {document['schema']!r} is not {SCHEMA}")
    for rule, key in _RULES.items():
        if rule in document:
            reader.keys((rule,), document[rule], {key, "outcome"}, {key, "outcome"})
    per_charge, per_day = (_limit(reader, document, rule) for rule in ("per_charge", "per_day"))
    return Policy(per_charge, per_day, _allowed(reader, document))


def save_policy(path: Path, policy: Policy) -> None:
    """Write the file; a crash leaves either the old or the new one. Raises FileUnwritable."""
    write_atomic(path, policy.to_toml())


def _limit(reader: _Reader, document: dict[str, Any], rule: str) -> Limit | None:
    if rule not in document:
        return None
    amount = document[rule]["limit"]
    if not isinstance(amount, str):
        raise reader.bad((rule, "limit"), f'{amount!r} is not an amount in quotes, for example "500.00"')
    try:
        fen = parse_yuan(amount, where="limit", allow_zero=True, limit=_LIMIT)
    except InvalidInput as error:
        raise reader.bad((rule,), error.message, key="limit") from None
    return Limit(fen, _outcome(reader, document, rule))


def _allowed(reader: _Reader, document: dict[str, Any]) -> Allowed | None:
    if "merchants" not in document:
        return None
    listed = document["merchants"]["allowed"]
    if not isinstance(listed, list):
        raise reader.bad(("merchants", "allowed"), f"{listed!r} is not a list of addresses")
    try:
        addresses = [parse_address(entry, where="allowed") for entry in listed]
    except InvalidInput as error:
        raise reader.bad(("merchants",), f"{error.message}; {error.hint}", key="allowed") from None
    return Allowed(frozenset(addresses), _outcome(reader, document, "merchants"))


def _outcome(reader: _Reader, document: dict[str, Any], rule: str) -> Outcome:
    value = document[rule]["outcome"]
    if value not in (Outcome.ASK.value, Outcome.REFUSE.value):
        raise reader.bad((rule, "outcome"), f"{value!r} is neither 'ask' nor 'refuse'")
    return Outcome(value)


def _bad(where: str, line: int, reason: str) -> InvalidInput:
    return InvalidInput(
        f"{where}, line {line}: {reason}",
        hint="correct the file; nothing is signed until it can be read",
        code="invalid-policy",
        file=where,
        line=line,
    )


class _Reader:
    """Finds the line of a key, which tomllib does not tell."""

    def __init__(self, text: str, where: str) -> None:
        self._lines = text.split("\n")
        self._where = where

    def bad(self, path: tuple[str, ...], reason: str, *, key: str = "") -> InvalidInput:
        line = self._line((*path, key) if key else path)
        return _bad(self._where, line, f"{'.'.join(path)}: {reason}" if path else reason)

    def keys(self, path: tuple[str, ...], table: object, known: set[str], needed: set[str]) -> None:
        if not isinstance(table, dict):
            raise self.bad(path, "is not a table")
        for key in table:
            if key not in known:
                raise self.bad((*path, key), f"unknown; known here: {', '.join(sorted(known))}")
        for key in sorted(needed - set(table)):
            raise self.bad(path, f"{key!r} is missing")

    def _line(self, path: tuple[str, ...]) -> int:
        *tables, key = path or ("",)
        start = self._match(rf"\s*\[\s*[\"']?{re.escape(tables[0])}[\"']?\s*\]", 0) if tables else 0
        if start is None:  # written as `per_day.limit = …` or `per_day = { limit = … }`
            return (self._match(rf"\s*[\"']?{re.escape(tables[0])}\b", 0) or 0) + 1
        found = self._match(rf"\s*(\[\s*)?[\"']?{re.escape(key)}\b", start) if key else None
        return (found if found is not None else start) + 1

    def _match(self, pattern: str, start: int) -> int | None:
        for number in range(start, len(self._lines)):
            if re.match(pattern, self._lines[number]):
                return number
        return None
