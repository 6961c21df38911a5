"""Moves that bring a new card: purchases in six ways, and transfers out of one card into another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any

from tests.contracts.craft import force
from tests.contracts.harness import Account, Refused
from tests.contracts.invariants.books import Book
from tests.contracts.invariants.forging import Sig, signature
from tests.contracts.invariants.offers import TOP, Offer, covered, draw_offer
from tests.contracts.invariants.openings import CHOICES, raw_cover
from tests.contracts.invariants.player import WRONG, Player
from tests.contracts.invariants.setting import Consumer
from wallet.eip712 import Domain, Permit, ReceiveWithAuthorization, Transfer
from wallet.terms import LAYOUT, ON_CONDITIONS, Terms

MAX_LIVE = 14
WAYS = ("open", "openBySig", "openWithPermit", "openWithAuthorization")
COVERED_WAYS = ("openCovered", "openCoveredWithAuthorization")
MISTAKES = (1, 2, 2, 3, 4, 5, 6, 7, 8, 8, 8, 9, 9, 10)
"""Numbers of the mistakes that a purchase may carry, those with many forms more often."""

COVERED_MISTAKES = (1, 2, 2, 2, 3, 8, 8, 8, 8, 10)
"""The same where there are guarantors."""

SLIPS = (1, 2, 2, 2, 2, 3, 4, 5, 6, 7, 8, 8, 9, 10, 10, 10, 11, 11, 11, 12, 12, 13)
"""The same for a transfer."""

NOBODY = Sig(b"", "", b"")


class Buyer(Player):
    """Buys, and changes one card for another."""

    def open(self, random: Random, tag: int) -> None:
        """Buy a card in one of six ways, or fail to; with enough cards at hand, mostly fail."""
        who = random.choice(self.setting.consumers)
        live = self.live()
        offer = draw_offer(random, self.setting, who, self._sellers(random))
        slips = len(live) >= MAX_LIVE or random.random() < (0.5 if offer.pledges else WRONG)
        wrong = random.choice(COVERED_MISTAKES if offer.pledges else MISTAKES) if slips else 0
        if live and random.random() < 0.12:  # the same terms once more, or in another wallet
            mine = [book for book in live if book.consumer is who]
            like = max(mine if random.random() < 0.6 and mine else live, key=lambda book: book.number)
            offer = Offer(like.terms, like.pledges)
        if wrong:
            offer = self._spoilt(random, offer, wrong, who)
        terms, pledges = offer.terms, offer.pledges
        way = random.choice(COVERED_WAYS if pledges or any(terms.cover) else WAYS)
        if wrong == 10:  # a way for other cards than this
            way = random.choice(WAYS if any(terms.cover) else COVERED_WAYS)
        if who.contract is not None and way == "openWithPermit":
            way = "openBySig"
        self._buy(random, tag, who, Offer(terms, pledges), way, wrong)

    def _buy(self, random: Random, tag: int, who: Consumer, offer: Offer, way: str, wrong: int) -> None:
        terms, pledges = offer.terms, offer.pledges
        yuan = terms.token == self.setting.yuan.address
        token = self.setting.yuan if yuan else self.setting.token
        direct, authorised = way in ("open", "openCovered"), way.endswith("Authorization")
        if direct or way == "openBySig":
            self.approve(who.address, token, who, 0 if wrong == 1 else terms.principal)
        sender = who.address if direct else self.world.stranger.address
        if wrong == 2 and direct:
            sender = self.someone(random, who.address)
        self._put_on_sale(random, offer)
        cover = (pledges,) if way in COVERED_WAYS else ()
        sig, rest = self._papers(random, who, terms, way, honest=wrong != 2, funded=wrong != 1)
        call = self.judge_open(who, terms, way, (terms, *cover, *rest), sender, pledges)
        if direct and sender != who.address:
            call.faults.add("SubWallet_NotConsumer")
        elif authorised and not self._authorised(who, terms, sig):
            call.faults |= {"ERC3009InvalidSignature", "SubWallet_SignatureInvalid"}
        elif not direct and not authorised and not self.signed_by(who, sig, terms):
            call.faults.add("SubWallet_SignatureInvalid")
        if yuan and not authorised and wrong == 1:
            call.faults.add("ERC20InsufficientAllowance")
        if not self.send(call, tag) and not authorised:
            self.approve(who.address, token, who, 0)

    def transfer(self, random: Random, tag: int) -> None:
        """Change an open card for a new one, mostly in the same money; the consumer may have to top up."""
        book = self.book(random)
        if book is None:
            return
        who, wrong = book.consumer, random.choice(SLIPS) if random.random() < 0.4 else 0
        other = self.setting.token if book.honest else self.setting.yuan
        token = other.address if wrong == 11 else book.terms.token
        offer = draw_offer(random, self.setting, who, self._sellers(random), token)
        if random.random() < 0.3 and self.setting.templates.get(book.terms.template):  # a little more or less
            terms = offer.terms.change(principal=min(max(book.state.held + random.randint(-2, 2), 1), 10**9))
            offer = Offer(replace(terms, cover=bytes(32)))
        if wrong in (3, 4, 5, 6, 7, 8):
            offer = self._spoilt(random, offer, wrong, who)
        if wrong == 12:  # guarantors that the terms name stay away
            offer = Offer(covered(random, self.setting, offer.terms).terms)
        if wrong == 9:  # into a card that is there already, perhaps itself
            offer = Offer((self.book(random) or book).terms, offer.pledges)
        self._change(random, tag, book, offer, wrong)

    def _change(self, random: Random, tag: int, book: Book, offer: Offer, wrong: int) -> None:
        who, terms, pledges = book.consumer, offer.terms, offer.pledges
        self._put_on_sale(random, offer)
        held, principal = book.state.held, terms.principal
        allowed = 0 if wrong == 1 else principal
        if book.honest:
            self.approve(who.address, self.setting.yuan, who, allowed)
        if not book.honest or wrong == 11:
            self.approve(who.address, self.setting.token, who, TOP)
        minimum = random.choice((0, 0, 0, 0, min(held, principal) // 2, held, held + 1))
        if random.random() < 0.4:
            sender = self.someone(random, who.address) if wrong == 2 else who.address
            self.send(self.judge_transfer(who, book.terms, terms, pledges, minimum, sender), tag)
        else:
            new, epoch = terms.card_id(who.domain), book.state.epoch + (wrong == 13)
            message = Transfer(book.id, new, minimum, self.deadline(random, wrong == 10), epoch)
            sig = self.sign(random, who, message, honest=wrong != 2)
            judge = partial(self.judge_transfer_by_sig, who, book.terms, terms, pledges, message, sig)
            self.deliver(random, book, judge, tag)
        if book.honest:
            self.approve(who.address, self.setting.yuan, who, 0)

    # ---------------------------------------------------------------------------------------------- choosing

    def _sellers(self, random: Random) -> Sequence[Account]:
        """Merchants that may sell, at times all of them."""
        merchants = self.setting.merchants
        selling = [each for each in merchants if self.standing[each.address].status == "approved"]
        return merchants if not selling or random.random() < 0.1 else selling

    def _put_on_sale(self, random: Random, offer: Offer) -> None:
        """The merchant offers what a real guarantor shall stand for; at times it does not."""
        asks = any(guarantor == self.setting.fund.address for guarantor, _ in offer.pledges)
        if asks and random.random() < 0.9:
            try:
                product = offer.terms.product()
                self.world.catalogue.publish(product, "a card", sender=offer.terms.merchant)
            except Refused as refused:
                self.say(f"not on sale: {refused}")

    def _spoilt(self, random: Random, offer: Offer, wrong: int, who: Consumer) -> Offer:
        """The offer with one mistake in it."""
        terms = offer.terms
        if wrong == 3:
            terms = terms.change(buy_by=self.now - 1)
        elif wrong == 4:
            terms = terms.change(exit_fee_bps=1_001)
        elif wrong == 5 and terms.principal < 10**9:
            terms = terms.change(advance=terms.principal + 1)
        elif wrong == 6:  # a template without code, or a contract nobody admitted
            terms = replace(terms, template=self.someone(random))
        elif wrong == 7:  # the sub-wallet paying itself
            terms = replace(terms, payee=who.wallet.address)
        elif wrong == 8:
            return self._badly_covered(random, offer)
        elif wrong == 9:
            terms = self._unkept(random, terms)
        return Offer(terms, offer.pledges)

    def _unkept(self, random: Random, terms: Terms) -> Terms:
        """Terms that nobody would keep, that mean nothing, or with a certifier that is paid."""
        kind = random.randrange(10)
        if kind < 2:
            return replace(terms.change(takes_vouchers=0), certifier=(terms.merchant, terms.recipient)[kind])
        if kind == 2:
            return replace(terms.change(takes_vouchers=1), certifier=self.setting.certifiers[0].address)
        if kind == 3:
            return terms.change(trigger=random.choice((1, 3)), accrual_days=1)
        if kind == 4:
            return replace(terms.change(trigger=ON_CONDITIONS, accrual_days=1), certifier="0x" + "00" * 20)
        if kind == 5:
            return terms.change(trigger=ON_CONDITIONS, accrual_days=0)
        if kind == 6:
            return terms.change(**{random.choice(("pause_max_days", "confirm_hours", "transferable")): 1})
        place = LAYOUT[name := random.choice(CHOICES)]
        return force(terms, **{name: random.randint(place.limit + 1, (1 << place.width) - 1)})

    def _badly_covered(self, random: Random, offer: Offer) -> Offer:
        """Guarantors that are not those of the terms, or a list that cannot stand behind any card."""
        terms, pledges = offer.terms, offer.pledges
        if not pledges:
            terms, pledges = (good := covered(random, self.setting, terms)).terms, good.pledges
        (first, limit), kind = pledges[0], random.randrange(7)
        if kind < 2:  # others than the terms name
            others = (pledges[1:], ((first, limit + 1), *pledges[1:]), (*pledges, (self.someone(random), 1)))
            return Offer(terms, random.choice(others))
        if kind == 2:
            return Offer(replace(terms, cover=bytes(32)), pledges)
        nobody = self.someone(random, *(each.address for each in self.setting.consumers))
        lists = (((first, 1), *pledges), ((first, 0), *pledges[1:]), ((nobody, 5),), ())
        return Offer(replace(terms, cover=raw_cover(lists[kind - 3])), lists[kind - 3])

    # ------------------------------------------------------------------------------------------------ papers

    def _papers(
        self, random: Random, who: Consumer, terms: Terms, way: str, *, honest: bool, funded: bool
    ) -> tuple[Sig, tuple[Any, ...]]:
        """The signature that matters for a way of opening, and what the call carries at its end."""
        if way in ("open", "openCovered"):
            return NOBODY, ()
        if way.endswith("Authorization"):
            message = self._authorization(who, terms)
            signer = who.signer if honest else self.world.stranger
            sig = signature(random, signer, message.digest(self._token_domain(terms)))
            return sig, (sig.data,)
        sig = self.sign(random, who, terms, honest=honest)
        if way == "openBySig":
            return sig, (sig.data,)
        token = self.setting.yuan
        nonce = token.nonces(who.address)
        if not funded:
            nonce += 1
            self.approve(who.address, token, who, 0)
        elif terms.token != token.address:
            self.approve(who.address, self.setting.token, who, terms.principal)
        permit = Permit(who.address, who.wallet.address, terms.principal, nonce, self.now)
        made = who.signer.sign(permit, self.setting.yuan_domain)
        return sig, (self.now, made[64], made[:32], made[32:64], sig.data)

    def _authorization(self, who: Consumer, terms: Terms) -> ReceiveWithAuthorization:
        card = terms.card_id(who.domain)
        return ReceiveWithAuthorization(
            who.address, who.wallet.address, terms.principal, 0, terms.buy_by + 1, card
        )

    def _token_domain(self, terms: Terms) -> Domain:
        honest = terms.token == self.setting.yuan.address
        return self.setting.yuan_domain if honest else self.setting.token_domain

    def _authorised(self, who: Consumer, terms: Terms, sig: Sig) -> bool:
        digest = self._authorization(who, terms).digest(self._token_domain(terms))
        return sig.signer == who.signer.address and sig.digest == digest
