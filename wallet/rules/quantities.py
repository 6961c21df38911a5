"""Amounts in a card's own unit, as people write and read them: yuan, whole numbers, milestones and parts."""

from __future__ import annotations

import re

from wallet.errors import InvalidInput
from wallet.money import format_yuan, parse_yuan
from wallet.rules.model import Unit
from wallet.terms import FULL

_WHOLE = re.compile(r"[0-9]{1,9}")
_PARTS = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,4}))?")


def parse_quantity(text: str, unit: Unit, *, where: str = "AMOUNT") -> int:
    """Yuan as fen, milestones as ten-thousandths, anything else as it is counted. Zero is a quantity.

    Raises InvalidInput (`invalid-amount`) naming the text and its place.
    """
    if unit is Unit.YUAN:
        return parse_yuan(text, where=where, allow_zero=True)
    if unit is Unit.MILESTONE:
        match = _PARTS.fullmatch(text)
        if match is not None:
            return int(match[1]) * FULL + int((match[2] or "").ljust(4, "0"))
        hint = "write milestones, with up to four decimals for a part: 1 or 0.5"
        raise InvalidInput(
            f"{where}: {text!r} is not a number of milestones",
            hint=hint,
            code="invalid-amount",
            where=where,
            progress=text,
        )
    if _WHOLE.fullmatch(text):
        return int(text)
    raise InvalidInput(
        f"{where}: {text!r} is not a number of {unit.value}s",
        hint=f"this card counts {unit.value}s: write a whole number",
        code="invalid-amount",
        where=where,
        count=text,
    )


def format_quantity(amount: int, unit: Unit) -> str:
    """As `parse_quantity` reads it, in its shortest form; yuan with both decimals."""
    if unit is Unit.YUAN:
        return format_yuan(amount)
    if unit is Unit.MILESTONE:
        whole, part = divmod(amount, FULL)
        return f"{whole}.{part:04}".rstrip("0").rstrip(".")
    return str(amount)
