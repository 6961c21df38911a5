"""Money as whole fen, in and out.

One yuan is 100 fen. Amounts are `int`; text is read strictly, so that `1e3`, full-width digits
or a third decimal are refused instead of guessed. No float is made here.
"""

from __future__ import annotations

import re

from wallet.errors import InvalidInput

MAX_FEN = 1_000_000_000
"""Largest principal of one card: ten million yuan (parameter 2 of the contract rules)."""

_YUAN = re.compile(r"[¥￥]?([0-9]{1,12})(?:\.([0-9]{1,2}))?")


def parse_yuan(text: str, *, where: str = "amount", allow_zero: bool = False, limit: int = MAX_FEN) -> int:
    """Return the fen in `text` (yuan, at most two decimals, optional leading ¥).

    Raises InvalidInput naming the value, the place and the accepted form.
    """
    match = _YUAN.fullmatch(text.strip())
    if match is None:
        raise InvalidInput(
            f"{where}: {text!r} is not an amount in yuan",
            hint="write yuan with at most two decimals, for example 30 or 30.00",
            code="invalid-amount",
            value=text,
            where=where,
        )
    fen = int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))
    return check_fen(fen, where=where, allow_zero=allow_zero, limit=limit)


def check_fen(fen: int, *, where: str = "amount", allow_zero: bool = False, limit: int = MAX_FEN) -> int:
    """Return `fen` if it lies in 1..limit (0 too, where allowed); InvalidInput otherwise."""
    if fen < 0 or (fen == 0 and not allow_zero):
        raise InvalidInput(
            f"{where}: {format_yuan(fen)} yuan is not more than zero",
            hint="the smallest amount is 0.01",
            code="invalid-amount",
            value=fen,
            where=where,
            least=1,
        )
    if fen > limit:
        raise InvalidInput(
            f"{where}: {format_yuan(fen)} yuan is more than the {format_yuan(limit)} allowed here",
            hint=f"use at most {format_yuan(limit)}",
            code="invalid-amount",
            value=fen,
            where=where,
            limit=limit,
        )
    return fen


def format_yuan(fen: int) -> str:
    """`976_93` fen as `976.93`; negative amounts keep their sign in front."""
    sign, whole = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{whole // 100}.{whole % 100:02d}"
