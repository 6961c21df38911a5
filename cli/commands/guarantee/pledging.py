"""What a merchant types to say who stands behind a product: `--pledge InsurancePool=800`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cli.desk import Desk
from wallet.errors import InvalidInput
from wallet.money import format_yuan, parse_yuan
from wallet.signing.signer import Signer

if TYPE_CHECKING:
    from wallet.services.publish import Product


def announce_pledges(desk: Desk, merchant: Signer, texts: Iterable[str]) -> bytes:
    """The cover of these pledges, announced so that buyers can see it; of none, no cover."""
    from wallet.services.guarantee_cover import NO_COVER, announce

    pledges = [_pledge(text) for text in texts]
    return announce(desk.context, merchant, pledges) if pledges else NO_COVER


def backers(desk: Desk, product: Product) -> list[tuple[str, str]]:
    """Who stands behind a product's cards, as a row of its description; none, no row."""
    from wallet.services.guarantee_cover import promises
    from wallet.terms import Terms

    found = promises(desk.context, Terms.from_dict(product.terms))
    said = [f"{one.name or one.guarantor}: {format_yuan(one.worth)}" for one in found]
    return [(desk.session.t("guarantee.backers"), ", ".join(said))] if said else []


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
