"""Buy a card: the money leaves the consumer's account and freezes in the consumer's own sub-wallet.

Four ways to pay, all ending in the same card: "signature" (one ERC-3009 signature, anyone carries it, the
consumer needs no coin for gas), "permit" (EIP-2612 and the purchase, two signatures), "allowance" (an
allowance given before, and one signature) and "direct" (the consumer sends approve and open itself).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.errors import ERC20InsufficientBalance
from wallet.bindings.runtime import Call, ask
from wallet.chain.base import Receipt
from wallet.eip712.domain import Domain, digital_yuan_domain
from wallet.eip712.messages import Permit, ReceiveWithAuthorization
from wallet.eip712.schema import Message
from wallet.errors import InvalidInput, PolicyRefusal
from wallet.ledger import KnownCard
from wallet.services import gate
from wallet.services.asking import outcome_of_opening, tier_at_opening
from wallet.services.context import Context
from wallet.services.guarantee_cover import NO_COVER, Promise, covered, pledges_of, promises
from wallet.services.onboard import name_of
from wallet.services.once import BegunBefore
from wallet.services.publish import Listing, find_product, unit_of
from wallet.services.sealing import Signed, write_down
from wallet.services.sending import GAS, Item, send, send_all, succeeded
from wallet.signing.sentence import Shown, at_risk, purchase_sentence
from wallet.signing.signer import Signer
from wallet.terms import Terms

METHODS = ("signature", "permit", "allowance", "direct")
COVERED_GAS = 3_000_000
"""Gas limit of an opening that up to four guarantors have to accept."""
BUY_WITHIN = 3600
"""Seconds in which a purchase must reach the chain, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """A purchase not yet signed: the sentence to show, and what will be signed. Fen."""

    sentence: str
    card: str
    sub_wallet: str
    consumer: str
    advance: int
    frozen: int
    at_risk: int
    """What could be lost if the merchant disappeared, before anybody who stands in for it pays."""
    terms: Terms
    name: str
    covered: int = 0
    """The part of that which somebody else has promised to pay."""
    promised: tuple[Promise, ...] = ()
    """Who has, in the order in which they are asked."""

    @property
    def unprotected(self) -> int:
        """What nobody would pay back: neither frozen nor covered (row 50)."""
        return max(0, self.at_risk - self.covered)


@dataclass(frozen=True, slots=True)
class Bought:
    """An opened card: fen paid, fen frozen in the sub-wallet, fen advanced to the merchant."""

    card: str
    sub_wallet: str
    consumer: str
    merchant: str
    merchant_name: str
    product_name: str
    paid: int
    frozen: int
    advance: int
    bonus: int
    method: str
    transactions: tuple[str, ...]
    gas: int


def preview_purchase(
    context: Context,
    consumer: str,
    product: str | Listing,
    *,
    within: int = BUY_WITHIN,
    channel: int = 0,
    declared: int = 0,
    salt: int | None = None,
) -> Purchase:
    """What buying `product` (id, start of it, or name) would do.

    Raises InvalidInput if it is not on sale, BegunBefore if this command found a purchase of the consumer's
    that an earlier one had left half done.
    """
    _require_nothing_begun(context, consumer)
    listing = find_product(context, product) if isinstance(product, str) else product
    require_offer(context, consumer, listing)
    now = context.chain.now()
    salt = secrets.randbits(64) if salt is None else salt
    terms = listing.terms.bought(salt=salt, buy_by=now + within, channel=channel, declared=declared)
    outcome = outcome_of_opening(context, terms, now)
    wallet = context.wallet_of(consumer).address
    tier = tier_at_opening(context, terms)
    name = name_of(context, terms.merchant)
    shown = Shown(name, now, context.language, unit_of(context, terms), tier)
    risk, promised = at_risk(terms, outcome, tier), promises(context, terms)
    backers = [(one.name or one.guarantor, one.worth) for one in promised if one.worth]
    return Purchase(
        sentence=purchase_sentence(terms, outcome, shown, sub_wallet=wallet, backers=backers),
        card="0x" + terms.card_id(context.domain_of(consumer)).hex(),
        sub_wallet=wallet,
        consumer=consumer,
        advance=outcome.to_merchant,
        frozen=outcome.still_frozen,
        at_risk=risk,
        terms=terms,
        name=listing.name,
        covered=covered(promised, risk),
        promised=promised,
    )


def require_offer(context: Context, consumer: str, listing: Listing, *, paying: int | None = None) -> None:
    """Refuse what is not on sale, what this wallet does not pay for, and what the programme does not let this
    consumer buy; `paying` where less than the principal leaves the purse.
    """
    if not ask(context.chain, context.catalogue.is_on_sale(listing.key)):
        raise InvalidInput(
            f"product {listing.name!r} is not on sale now: its merchant may not sell",
            hint="`prepaid merchant show` tells the merchant's status",
            code="not-on-sale",
            name=listing.name,
            product="0x" + listing.key.hex(),
        )
    _require_sound(context, listing.terms)
    gate.require_sale(context, consumer, listing.terms, paying=paying)


def _require_nothing_begun(context: Context, consumer: str) -> None:
    for earlier in context.left_over:
        what, _, card = earlier.purpose.partition(" ")
        if what != "open":
            continue
        signed = context.journal.authorisations(
            context.identity, card=bytes.fromhex(card[2:]), signer=consumer
        )
        if signed or earlier.sender == consumer:
            raise BegunBefore(f"the purchase of card {card}", earlier)


def _require_sound(context: Context, terms: Terms) -> None:
    """Refuse what a catalogue may list but this wallet does not pay for."""
    if terms.token != context.platform.token:
        raise PolicyRefusal(
            f"the product is paid in {terms.token}, which is not this platform's digital yuan",
            hint="do not buy it: another token may not keep what it promises",
            code="other-token",
            token=terms.token,
        )
    if terms.reserved_bits() or terms.beyond_range():
        raise PolicyRefusal(
            "the product's terms set bits that mean nothing today and may mean something later",
            hint="do not sign what nobody can read to you",
            code="terms-unknown",
        )


def buy(
    context: Context,
    consumer: Signer,
    purchase: Purchase,
    *,
    method: str = "signature",
    carrier: Signer | None = None,
) -> Bought:
    """Sign and open the card that `purchase` describes; `carrier` sends it (default: the consumer itself).

    Raises the contract's typed error (too little money, merchant suspended meanwhile, …); nothing is paid
    then. InvalidInput if the purchase is another consumer's.
    """
    if method not in METHODS:
        known = ", ".join(METHODS)
        raise InvalidInput(
            f"method: {method!r} is none of {known}",
            hint="leave it out to pay with one signature",
            code="invalid-method",
            value=method,
            known=known,
        )
    if purchase.consumer != consumer.address:
        raise InvalidInput(
            f"this purchase is {purchase.consumer}'s, not {consumer.address}'s",
            hint="the one who buys has to sign it",
            code="other-consumer",
            owner=purchase.consumer,
            value=consumer.address,
        )
    # Another purchase may have come between the preview and this one, and with it the day's limit.
    gate.require_sale(context, consumer.address, purchase.terms)
    carrier = consumer if carrier is None or method == "direct" else carrier
    way = _Way(context, consumer, carrier, purchase)
    before = way.prepare(method)
    gas = COVERED_GAS if purchase.terms.cover != NO_COVER else GAS
    sent = send(context, carrier, way.opening(method), f"open {purchase.card}", gas=gas)
    receipts = [*before, sent.receipt]
    terms = purchase.terms
    context.journal.remember_cards(
        [
            KnownCard(
                sent.answer,
                context.identity,
                consumer.address,
                purchase.sub_wallet,
                terms.encode(),
                purchase.name,
            )
        ]
    )
    return Bought(
        card="0x" + sent.answer.hex(),
        sub_wallet=purchase.sub_wallet,
        consumer=consumer.address,
        merchant=terms.merchant,
        merchant_name=name_of(context, terms.merchant),
        product_name=purchase.name,
        paid=terms.principal,
        frozen=purchase.frozen,
        advance=purchase.advance,
        bonus=terms.bonus,
        method=method,
        transactions=tuple("0x" + receipt.tx_hash.hex() for receipt in receipts),
        gas=sum(receipt.gas_used for receipt in receipts),
    )


class _Way:
    """One purchase on its way: who signs, who carries, and what has to stand before."""

    def __init__(self, context: Context, consumer: Signer, carrier: Signer, purchase: Purchase) -> None:
        self.context, self.consumer, self.carrier, self.purchase = context, consumer, carrier, purchase
        self.token = DigitalYuan(context.platform.token)
        self.wallet = context.wallet_of(consumer.address)

    def prepare(self, method: str) -> list[Receipt]:
        """Create the sub-wallet if it is not there, and for "direct" give the allowance."""
        context, chain = self.context, self.context.chain
        self._require_money()
        items = []
        if not chain.code(self.wallet.address):
            call = context.factory.create(self.consumer.address)
            items.append(Item.of(call, f"create sub-wallet of {self.consumer.address}"))
        if method == "direct":
            call2 = self.token.approve(self.wallet.address, self.purchase.terms.principal)
            items.append(Item.of(call2, f"allow {self.purchase.terms.principal} fen"))
        receipts = send_all(context, self.carrier, items, "prepare the sub-wallet") if items else []
        return [succeeded(context, receipt) for receipt in receipts]

    def opening(self, method: str) -> Call[bytes]:
        """The call that opens the card, signed and journalled as the method needs."""
        terms, wallet = self.purchase.terms, self.wallet
        if terms.cover != NO_COVER:
            return self._covered(method)
        if method == "direct":
            return wallet.open(terms)
        if method == "signature":
            return wallet.open_with_authorization(terms, self._sign_payment())
        if method == "allowance":
            return wallet.open_by_sig(terms, self._sign(terms, self.context.domain_of(self.consumer.address)))
        v, r, s, deadline = self._sign_permit()
        signature = self._sign(terms, self.context.domain_of(self.consumer.address))
        return wallet.open_with_permit(terms, deadline, v, r, s, signature)

    def _covered(self, method: str) -> Call[bytes]:
        """The same with the card's guarantors, each of whom has to accept it."""
        terms, pledges = self.purchase.terms, pledges_of(self.context, self.purchase.terms.cover)
        if method == "direct":
            return self.wallet.open_covered(terms, pledges)
        if method == "signature":
            return self.wallet.open_covered_with_authorization(terms, pledges, self._sign_payment())
        raise InvalidInput(
            f"method: a card with guarantors is not bought by {method}",
            hint="leave the method out, or say direct",
            code="method-covered",
            value=method,
        )

    def _sign_payment(self) -> bytes:
        terms = self.purchase.terms
        message = ReceiveWithAuthorization(
            from_=self.consumer.address,
            to=self.wallet.address,
            value=terms.principal,
            valid_after=0,
            valid_before=terms.buy_by + 1,
            nonce=bytes.fromhex(self.purchase.card[2:]),
        )
        return self._sign(message, self._token_domain())

    def _sign_permit(self) -> tuple[int, bytes, bytes, int]:
        terms = self.purchase.terms
        nonce = ask(self.context.chain, self.token.nonces(self.consumer.address))
        message = Permit(self.consumer.address, self.wallet.address, terms.principal, nonce, terms.buy_by)
        made = self._sign(message, self._token_domain())
        return made[64], made[:32], made[32:64], terms.buy_by

    def _sign(self, message: Message, domain: Domain) -> bytes:
        signature = self.consumer.sign_message(message, domain)
        terms = self.purchase.terms
        signed = Signed(
            owner=self.consumer.address,
            card=bytes.fromhex(self.purchase.card[2:]),
            message=message,
            domain=domain,
            signer=self.consumer.address,
            signature=signature,
            pays=terms.principal,
            deadline=terms.buy_by,
            note={"terms": terms.to_dict(), "sentence": self.purchase.sentence},
            terms=None if isinstance(message, Terms) else terms,
        )
        write_down(self.context, [signed])
        return signature

    def _token_domain(self) -> Domain:
        return digital_yuan_domain(self.context.platform.chain_id, self.token.address)

    def _require_money(self) -> None:
        """Better said before a sub-wallet is created in vain; the token says the same in its own words."""
        has = ask(self.context.chain, self.token.balance_of(self.consumer.address))
        if has < self.purchase.terms.principal:
            raise ERC20InsufficientBalance(self.consumer.address, has, self.purchase.terms.principal)
