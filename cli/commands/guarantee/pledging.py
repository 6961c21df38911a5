"""What a merchant types to say who stands behind a product: `--pledge InsurancePool=800`."""

from __future__ import annotations

from collections.abc import Iterable

from cli.desk import Desk
from wallet.errors import InvalidInput
from wallet.money import parse_yuan
from wallet.signing.signer import Signer


def announce_pledges(desk: Desk, merchant: Signer, texts: Iterable[str]) -> bytes:
    """The cover of these pledges, announced so that buyers can see it; of none, no cover."""
    from wallet.services.guarantee_cover import NO_COVER, announce

    pledges = [_pledge(text) for text in texts]
    return announce(desk.context, merchant, pledges) if pledges else NO_COVER


def _pledge(text: str) -> tuple[str, int]:
    name, sign, amount = text.rpartition("=")
    if not sign or not name:
        raise InvalidInput(
            f"--pledge: {text!r} is not GUARANTOR=YUAN",
            hint="for example --pledge InsurancePool=800; `prepaid guarantee show` lists the names",
            code="pledge-unreadable",
            value=text,
        )
    return name, parse_yuan(amount, where="--pledge")
