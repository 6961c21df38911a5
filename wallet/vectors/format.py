"""The file format `prepaid.vectors/1`: which groups there are, which keys each takes, and how a file is read.

A file that is not of the format is an error naming file, line and vector. A vector of the format that asks
for something unknown here (a group, a key, a formula) is read and marked, so that it is reported and never
silently passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from wallet.errors import InvalidInput

SCHEMA: Final = "prepaid.vectors/1"

Value: TypeAlias = int | str | tuple[int, ...]
"""A number (fen, bps, days, a count), true or false, a word, or a list of numbers."""

NUMBER, FLAG, NUMBERS, EITHER = "number", "flag", "numbers", "number or numbers"
Kind: TypeAlias = str | tuple[str, ...]
"""NUMBER, FLAG, NUMBERS, EITHER, or the words to choose from."""


@dataclass(frozen=True, slots=True)
class Group:
    """The keys that a group's `input` and `expect` may hold, with the kind of each value."""

    input: Mapping[str, Kind]
    expect: Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class Vector:
    """One vector. `unsupported` says why it cannot be played; empty where it can."""

    id: str
    group: str
    input: Mapping[str, Value]
    expect: Mapping[str, Value]
    source: str = ""
    note: str = ""
    line: int = 0
    unsupported: str = field(default="", kw_only=True)


def _numbers(*names: str) -> dict[str, Kind]:
    return dict.fromkeys(names, NUMBER)


_REFUND = _numbers("refund", "merchant_keeps", "consumer_owes")
_CARD = _numbers("principal", "bonus", "consumed_face", "custody_ratio_bps")
_BY_FACE = ("ratio", "principal_first", "bonus_first")

GROUPS: Final[dict[str, Group]] = {
    "stored_value": Group({**_CARD, "formula": _BY_FACE}, _REFUND),
    "discount_card": Group(
        {
            **_numbers("principal", "bonus", "discount_bps", "consumed_list", "sessions", "used"),
            **_numbers("claimed_list_unit", "market_unit", "unit", "used_normal", "used_half_price"),
            "cause": ("merchant", "consumer", "either"),
        },
        _REFUND,
    ),
    "session_card": Group(
        {
            **_numbers("principal", "paid_sessions", "gift_sessions", "list_unit", "used"),
            "formula": ("ratio", "list", "paid_first", "gift_first"),
        },
        _REFUND,
    ),
    "period_card": Group(
        {
            **_numbers("principal", "term_days", "base_day", "term_months", "months_redeemed"),
            "cause": ("consumer_never_used", "merchant", "consumer", "either"),
        },
        _REFUND,
    ),
    "milestone": Group(
        {
            **_numbers("principal", "done", "in_progress_bps", "documented_custom_cost"),
            **_numbers("first", "visits", "visit", "done_visits"),
            **_numbers("remaining_obligation", "new_merchant_quote"),
            "milestones": NUMBERS,
            "cause": ("merchant", "consumer", "either"),
        },
        {**_REFUND, **_numbers("custody_moved", "consumer_topup", "consumer_cash_back")},
    ),
    "cooling_off": Group(
        {
            **_numbers("principal", "bonus", "consumed_face", "days_since_pay", "cooling_days"),
            **_numbers("gift_item_value"),
            "gift_returned": FLAG,
            "prior_same_goods": FLAG,
            "partial_use": ("deduct_list", "deduct_ratio", "deny"),
        },
        {**_REFUND, "path": ("cooling_off", "ordinary_refund")},
    ),
    "runaway_waterfall": Group(
        {
            **_CARD,
            **_numbers("entitlement", "insurance_available", "platform_available", "fund_available"),
            **_numbers("insurer_aggregate_limit"),
            "entitlements": NUMBERS,
            "release_schedule": ("proportional", "advance_first"),
        },
        dict.fromkeys(
            (
                "custody",
                "insurance",
                "platform_advance",
                "guarantee_fund",
                "consumer_loss",
                "merchant_received",
            ),
            EITHER,
        ),
    ),
    "interest": Group(
        _numbers(
            "amount", "rate_bps", "days", "supervised", "supervised_bps", "unsupervised", "unsupervised_bps"
        ),
        _numbers("interest"),
    ),
    "settlement_gap": Group(
        {**_CARD, "settlement_order": _BY_FACE},
        _numbers(
            "settled_to_merchant", "custody", "merchant_cause_entitlement", "gap", "surplus_to_merchant"
        ),
    ),
    "deposit_ratio": Group(
        {
            **_numbers("last_quarter_balance", "ratio_bps", "balance", "last_year_revenue"),
            "issuer": ("scale", "group", "brand"),
            "rule": ("shanghai_impl_art11",),
        },
        _numbers("required_deposit"),
    ),
    "limits": Group(
        {
            **_numbers("card_fen", "wallet_class", "single_payment_fen", "paid_today_fen"),
            **_numbers("sessions", "lessons", "term_months"),
            "registered": FLAG,
            "rule": ("sh_sport", "bj_youth_sport"),
            "kind": ("session", "lesson", "period", "membership", "stored_value", "discount_card"),
        },
        {"accept": FLAG},
    ),
    "fees": Group(
        _numbers(
            "insured_amount", "premium_bps", "settled", "fee_bps", "gross_refund", "exit_fee_bps", "cap"
        ),
        _numbers("premium", "fee", "merchant_net", "refund", "merchant_keeps"),
    ),
    "finance": Group(
        _numbers("custody", "advance_bps", "free_days", "apr_bps", "days_drawn"),
        _numbers("credit_line", "interest"),
    ),
}
"""Every group. `principal` and `bonus` may stand in any of them, even where nothing depends on them."""

_EVERYWHERE = _numbers("principal", "bonus")

_DEEPEST = 32
_MARKS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
"""Whole texts in quotes, and the brackets that stand outside of them."""


def read_vectors(path: Path) -> list[Vector]:
    """The vectors of a file, in order.

    Raises InvalidInput `invalid-vectors` naming file, line and vector for what is not of the format; OSError
    where there is no file to read.
    """
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
        _require_shallow(text)
        document = json.loads(text, object_pairs_hook=_no_twins)
    except UnicodeDecodeError as problem:
        line = 1 + raw[: problem.start].count(b"\n")
        raise _malformed(path, line, "the file is not UTF-8 text") from problem
    except json.JSONDecodeError as problem:
        raise _malformed(path, problem.lineno, f"not JSON: {problem.msg}") from problem
    except ValueError as problem:
        raise _malformed(path, 1, str(problem)) from problem
    return _Reader(path, text).read(document)


class _Reader:
    """One file being read; knows where in it a vector stands."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text = path, text
        self.at = 0
        self.line = 1
        self.name = ""

    def read(self, document: Any) -> list[Vector]:
        if not isinstance(document, dict):
            raise self._error("the file is not an object with schema and vectors")
        if document.get("schema") != SCHEMA:
            raise self._error(f"its schema is {document.get('schema')!r}, not {SCHEMA!r}")
        listed = document.get("vectors")
        if not isinstance(listed, list):
            raise self._error("vectors is not a list")
        seen: set[str] = set()
        found = []
        for number, one in enumerate(listed, 1):
            vector = self._vector(number, one)
            if vector.id in seen:
                raise self._error("its id stands in the file twice")
            seen.add(vector.id)
            found.append(vector)
        return found

    def _vector(self, number: int, one: Any) -> Vector:
        self.name = f"vector {number}"
        if not isinstance(one, dict):
            raise self._error("not an object")
        name = one.get("id")
        if not isinstance(name, str) or not name:
            raise self._error("id is missing or no text")
        self._find(name)
        self.name = f"vector {name}"
        group = one.get("group")
        if not isinstance(group, str):
            raise self._error("group is missing or no text")
        parts = {key: one.get(key) for key in ("input", "expect")}
        for key, part in parts.items():
            if not isinstance(part, dict):
                raise self._error(f"{key} is missing or no object")
        if not parts["expect"]:
            raise self._error("it expects nothing")
        words = {key: one.get(key) or "" for key in ("source", "note")}
        for key, word in words.items():
            if not isinstance(word, str):
                raise self._error(f"{key} is no text")
        known = GROUPS.get(group)
        why = [] if known is not None else [f"the group {group!r} is not known"]
        values: dict[str, dict[str, Value]] = {}
        for key, part in parts.items():
            assert isinstance(part, dict)
            kinds: Mapping[str, Kind] = {}
            if known is not None:
                kinds = {**_EVERYWHERE, **known.input} if key == "input" else known.expect
            values[key] = {
                name: self._value(f"{key}.{name}", value, kinds.get(name), why, known is not None)
                for name, value in part.items()
                if value is not None or key == "expect"
            }
        return Vector(
            name, group, values["input"], values["expect"], words["source"], words["note"], self.line,
            unsupported="; ".join(why),
        )  # fmt: skip

    def _value(self, where: str, value: Any, kind: Kind | None, why: list[str], known: bool) -> Value:
        """One value of a kind that fits its key; what no key explains only has to be of some kind."""
        if isinstance(value, list):
            if not all(_is_number(item) for item in value) or (
                kind is not None and kind not in (NUMBERS, EITHER)
            ):
                raise self._unfit(where, value, kind)
            read: Value = tuple(value)
        elif _is_number(value) or isinstance(value, (bool, str)):
            read = value
        else:
            raise self._unfit(where, value, kind)
        if kind is None:
            if known:
                why.append(f"{where} is not a key of this group")
            return read
        fits = {
            NUMBER: _is_number(value), EITHER: _is_number(value) or isinstance(value, list),
            NUMBERS: isinstance(value, list), FLAG: isinstance(value, bool),
        }  # fmt: skip
        if isinstance(kind, tuple):
            if not isinstance(value, str):
                raise self._unfit(where, value, kind)
            if value not in kind:
                why.append(f"{where} is {value!r}, not {_wanted(kind)}")
        elif not fits[kind]:
            raise self._unfit(where, value, kind)
        return read

    def _find(self, name: str) -> None:
        """Go on to the line on which the vector names itself."""
        found = re.compile(r'"id"\s*:\s*' + re.escape(json.dumps(name, ensure_ascii=False)))
        match = found.search(self.text, self.at)
        if match is not None:
            self.line += self.text.count("\n", self.at, match.end())
            self.at = match.end()

    def _unfit(self, where: str, value: Any, kind: Kind | None) -> InvalidInput:
        error = self._error(f"{where}: {_shown(value)} is not {_wanted(kind)}")
        error.values.update(place=where, value=_shown(value))
        return error

    def _error(self, what: str) -> InvalidInput:
        return _malformed(self.path, self.line, f"{self.name}: {what}" if self.name else what)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _require_shallow(text: str) -> None:
    """Python's own reader may end the whole process over a file nested a hundred thousand deep."""
    depth = 0
    for mark in _MARKS.findall(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(mark, 0)
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return body


def _wanted(kind: Kind | None) -> str:
    if isinstance(kind, tuple):
        return "one of " + ", ".join(kind)
    return {
        NUMBER: "a whole number from 0 up", FLAG: "true or false",
        NUMBERS: "a list of whole numbers from 0 up", EITHER: "a whole number from 0 up, or a list of them",
        None: "a whole number from 0 up, true, false, text or a list",
    }[kind]  # fmt: skip


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "…"


def _malformed(path: Path, line: int, what: str) -> InvalidInput:
    return InvalidInput(
        f"{path}:{line}: {what}",
        hint="the format is prepaid.vectors/1: fen, bps and days as whole numbers",
        code="invalid-vectors",
        file=str(path),
        line=line,
        what=what,
    )
