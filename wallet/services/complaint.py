"""Complaints and tips of consumers and the public, and how many there were: the third feed.

Counts can be compared between programmes and times; they are counts of what was said here, and no forecast of
what any real programme achieved or will.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.errors import InvalidInput
from wallet.services.context import Context
from wallet.services.custody import every_card
from wallet.services.office import need_office
from wallet.services.supervise import words
from wallet.signing.signer import Signer
from wallet.supervision.dossier import Complaint
from wallet.supervision.facts import Fact, Role
from wallet.supervision.refusal import NotAllowed


@dataclass(frozen=True, slots=True)
class Count:
    """Complaints of one programme in a span of time, and the cards it had sold by its end."""

    programme: str
    since: int
    until: int
    complaints: int
    dismissed: int
    unanswered: int
    cards: int

    @property
    def per_10000_cards(self) -> int:
        """Complaints that were not dismissed, for each 10,000 cards sold; 0 without cards."""
        return 0 if not self.cards else (self.complaints - self.dismissed) * 10_000 // self.cards


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two counts side by side. `change_bps` of the rate per cards, None where there was none before."""

    first: Count
    second: Count

    @property
    def change_bps(self) -> int | None:
        before, after = self.first.per_10000_cards, self.second.per_10000_cards
        return None if before == 0 else (after - before) * 10_000 // before


def complain(context: Context, by: Signer, merchant: str, why: str, card: str = "") -> Complaint:
    """File a complaint about a merchant; anybody may."""
    with need_office(context) as office:
        office.applicant(merchant, hint="`prepaid supervise tip` takes reports about anybody")
        number = office.say("complaint", merchant, by, why=words(why), card=card).number
        return next(one for one in office.dossier(merchant).complaints if one.number == number)


def answer(
    context: Context, by: Signer, merchant: str, number: int, text: str, *, dismissed: bool = False
) -> Complaint:
    """Answer a complaint: by the merchant, or by an authority, which alone may dismiss it."""
    with need_office(context) as office:
        found = {one.number: one for one in office.dossier(merchant).complaints}
        if number not in found:
            raise InvalidInput(
                f"complaint: there is no number {number} about {merchant}",
                hint="`prepaid supervise show` lists them",
                code="unknown-complaint",
                value=number,
                merchant=merchant,
            )
        role = office.require("complaint-answered", by, merchant)
        if dismissed and role is Role.MERCHANT:
            raise NotAllowed(
                "a merchant cannot dismiss a complaint about itself",
                hint="answer it; an authority or a consumers' association may dismiss it",
                code="not-your-part",
                who=by.address,
                kind="complaint-dismissed",
                roles=f"{Role.GOVERNMENT}, {Role.APPROVER}",
            )
        office.say(
            "complaint-answered", merchant, by, complaint=number, answer=words(text), dismissed=dismissed
        )
        return {one.number: one for one in office.dossier(merchant).complaints}[number]


def tip(context: Context, by: Signer, merchant: str, why: str) -> Fact:
    """Report something odd about a merchant (群众监督); anybody may, about anybody."""
    with need_office(context) as office:
        return office.say("tip", merchant, by, why=words(why))


def count(context: Context, *, since: int = 0, until: int | None = None) -> Count:
    """How many complaints were filed from `since` up to and with `until` (unix seconds; now by default)."""
    with need_office(context) as office:
        end = office.now if until is None else until
        all_complaints = [
            one
            for merchant in office.book.subjects("complaint")
            for one in office.dossier(merchant).complaints
            if since <= one.at <= end
        ]
        return Count(
            programme=office.programme.name,
            since=since,
            until=end,
            complaints=len(all_complaints),
            dismissed=sum(one.dismissed for one in all_complaints),
            unanswered=sum(not one.answered_at for one in all_complaints),
            cards=sum(one.state.opened_at <= end for one in every_card(context)),
        )
