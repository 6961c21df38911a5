"""Products: what approved merchants offer, found again from the chain's own record.

A product is `Terms` with `order` zero. Terms are checked by the catalogue on chain; what this adds is the
choice of platform addresses, so that a merchant names its price and rules and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wallet.address import ZERO_ADDRESS
from wallet.bindings.events import ProductPublished, ProductWithdrawn
from wallet.bindings.runtime import ask
from wallet.errors import InvalidInput
from wallet.law.settling import SettlementGap, settlement_gaps
from wallet.rules import REFERENCE_TEMPLATES, ReferenceTemplate, Sessions, TemplateFailed, Unit, Usage
from wallet.services import gate
from wallet.services.context import Context
from wallet.services.form import HASH
from wallet.services.kinds import kind_of
from wallet.services.onboard import name_of
from wallet.services.sending import send
from wallet.signing.signer import Signer
from wallet.terms import GIFT_FIRST, LIST, PAID_FIRST, RATIO, Terms

MAX_NAME_BYTES = 100
FORMULAS = (RATIO, LIST, GIFT_FIRST, PAID_FIRST)
"""What a formula of the terms can be; the last one counts sessions and is a Sessions card's only."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A listed product as services use it."""

    key: bytes
    terms: Terms
    name: str


@dataclass(frozen=True, slots=True)
class Product:
    """A product as a front end shows it. `numbers` are the packed ones by name (fen, bps, days); `kind` is
    what makes it a card of its kind, see `wallet.services.kinds`."""

    product: str
    name: str
    merchant: str
    merchant_name: str
    template: str
    template_name: str
    unit: str
    kind: dict[str, Any]
    certifier: str
    payee: str
    """Who receives what is released; empty where it is the merchant."""
    on_sale: bool
    principal: int
    bonus: int
    numbers: dict[str, int]
    terms: dict[str, str]
    warnings: tuple[SettlementGap, ...] = ()
    """Cases in which this way of settling leaves custody short of what the consumer is owed."""
    transaction: str = ""
    """Hash of the transaction that listed or withdrew it, if this is the answer to one."""


def template_name(context: Context, address: str) -> str:
    """The name under which the platform admitted a template; empty for one registered by somebody else."""
    return next((name for name, known in context.platform.templates.items() if known == address), "")


def unit_of(context: Context, terms: Terms) -> Unit:
    """What `used` counts under these terms; yuan for a card kind that is not known here."""
    known = rules_of(context, terms)
    return Unit.YUAN if known is None else known.unit_of(terms)


def rules_of(context: Context, terms: Terms) -> ReferenceTemplate | None:
    """The reference model of the card kind, None for a template registered by somebody else."""
    return REFERENCE_TEMPLATES.get(template_name(context, terms.template))


def terms_for(
    context: Context,
    *,
    merchant: str,
    template: str,
    principal: int,
    paid_units: int = 0,
    gift_units: int = 0,
    params0: int = 0,
    params1: int = 0,
    certifier: str = ZERO_ADDRESS,
    payee: str = ZERO_ADDRESS,
    form: bytes = HASH,
    cover: bytes = bytes(32),
    **numbers: int,
) -> Terms:
    """Product terms on this platform. `template` is a known name, or the address of any admitted one.

    `paid_units` and `gift_units` are the sessions of a Sessions card, `certifier` is who certifies progress,
    `payee` who receives what is released (else the merchant), `cover` what was announced of its guarantors;
    `numbers` are as in `Terms.build`. `wallet.services.kinds` makes the numbers of each card kind.
    """
    address = context.platform.templates.get(template, template)
    if template in ("Sessions", context.platform.templates.get("Sessions")):
        params0 = params0 or Sessions.params(paid_units, gift_units)
    elif paid_units or gift_units:
        raise InvalidInput("only a Sessions card counts sessions", code="invalid-terms", template=template)
    if not address.startswith("0x"):
        known = ", ".join(sorted(context.platform.templates))
        raise InvalidInput(
            f"template: {template!r} is not known here",
            hint=f"known: {known}, or the address of another",
            code="unknown-template",
            template=template,
            known=known,
        )
    bare = Terms.build(
        token=context.platform.token,
        merchant=merchant,
        template=address,
        principal=principal,
        payee=payee,
        certifier=certifier,
        form=form,
        cover=cover,
        params0=params0,
        params1=params1,
    )
    return bare.change(**numbers)


def publish(context: Context, merchant: Signer, terms: Terms, name: str) -> Product:
    """List a product; raises the catalogue's typed error if merchant, form or template are not in order."""
    if not 0 < len(name.encode()) <= MAX_NAME_BYTES:
        raise InvalidInput(
            f"product name: {name!r} is empty or longer than {MAX_NAME_BYTES} bytes",
            hint="use the name the public shall know",
            code="invalid-name",
            value=name,
            most=MAX_NAME_BYTES,
        )
    if terms.reserved_bits() or terms.beyond_range():
        raise InvalidInput("the terms set bits that mean nothing", code="invalid-terms")
    _require_fit(context, terms)
    gate.require_listing(context, merchant.address, terms)
    sent = send(context, merchant, context.catalogue.publish(terms, name), f"publish {name}")
    listing = Listing(sent.answer, terms, name)
    return show_product(context, listing, transaction="0x" + sent.receipt.tx_hash.hex())


def _require_fit(context: Context, terms: Terms) -> None:
    """Say what the catalogue would only call unfit, as far as the card kind is known here."""
    if terms.certifier != ZERO_ADDRESS and terms.certifier in (terms.merchant, terms.payee):
        raise _unfit("certifier", terms.certifier, "is paid for what it would certify", "name somebody else")
    rules = rules_of(context, terms)
    if rules is None:
        return
    known = FORMULAS if template_name(context, terms.template) == "Sessions" else FORMULAS[:-1]
    for name in ("settlement_formula", "not_consumer_formula", "consumer_formula"):
        if (value := getattr(terms, name)) not in known:
            raise _unfit(
                name, value, "is no formula of this card kind", "see the card kind in contracts/templates"
            )
    try:
        released = rules.released(terms, Usage())
    except TemplateFailed as error:
        raise InvalidInput(
            f"a {template_name(context, terms.template)} card cannot have these terms: {error}",
            hint="see the card kind in contracts/templates",
            code="invalid-terms",
            reason=str(error),
        ) from error
    if released > terms.advance:
        raise InvalidInput(
            f"{released} fen would be released before anything is used, the advance is {terms.advance}",
            hint=f"hold all of it (custody_bps=10000), or state the advance: advance={released}",
            code="invalid-terms",
            released=released,
            advance=terms.advance,
        )


def _unfit(name: str, value: object, what: str, hint: str) -> InvalidInput:
    return InvalidInput(f"{name} {value} {what}", hint=hint, code="invalid-terms", field=name, value=value)


def withdraw(context: Context, by: Signer, wanted: str) -> Product:
    """Take a product off the list; cards already sold go on."""
    listing = find_product(context, wanted)
    call = context.catalogue.withdraw(listing.key)
    receipt = send(context, by, call, f"withdraw {listing.name}").receipt
    return show_product(context, listing, transaction="0x" + receipt.tx_hash.hex())


def list_products(context: Context, *, merchant: str | None = None) -> list[Product]:
    """Products that are listed, oldest first; `on_sale` is false while their merchant may not sell."""
    listed = _listed(context)
    return [show_product(context, one) for one in listed if merchant in (None, one.terms.merchant)]


def find_product(context: Context, wanted: str) -> Listing:
    """The listed product with this id, start of an id (0x…) or exact name.

    Raises InvalidInput (`unknown-product`, `ambiguous-product`).
    """
    listed = _listed(context)
    start = wanted.lower().removeprefix("0x")
    hits = [one for one in listed if one.name == wanted]
    hits = hits or [one for one in listed if len(start) >= 4 and one.key.hex().startswith(start)]
    if len(hits) != 1:
        raise InvalidInput(
            f"product: {wanted!r} " + ("fits several products" if hits else "is not on the list"),
            hint="`prepaid product list` shows the ids; give four digits or more, or the exact name",
            code="ambiguous-product" if hits else "unknown-product",
            value=wanted,
        )
    return hits[0]


def show_product(context: Context, listing: Listing, *, transaction: str = "") -> Product:
    """A listing with everything a front end shows."""
    terms = listing.terms
    return Product(
        product="0x" + listing.key.hex(),
        name=listing.name,
        merchant=terms.merchant,
        merchant_name=name_of(context, terms.merchant),
        template=terms.template,
        template_name=template_name(context, terms.template),
        unit=unit_of(context, terms).value,
        kind=kind_of(rules_of(context, terms), terms),
        certifier="" if terms.certifier == ZERO_ADDRESS else terms.certifier,
        payee="" if terms.recipient == terms.merchant else terms.payee,
        on_sale=ask(context.chain, context.catalogue.is_on_sale(listing.key)),
        principal=terms.principal,
        bonus=terms.bonus,
        numbers=terms.numbers(),
        terms=terms.to_dict(),
        warnings=settlement_gaps(rules_of(context, terms), terms),
        transaction=transaction,
    )


def product_name(context: Context, terms: Terms) -> str:
    """The name under which the product of these terms was listed, even if it was withdrawn since."""
    topics = [ProductPublished.TOPIC, terms.product_id]
    logs = context.chain.logs(context.platform.catalogue, topics, context.platform.block)
    return ProductPublished.decode(logs[-1]).name if logs else ""


def _listed(context: Context) -> list[Listing]:
    topics = [[ProductPublished.TOPIC, ProductWithdrawn.TOPIC]]
    listed: dict[bytes, Listing] = {}
    for log in context.chain.logs(context.platform.catalogue, topics, context.platform.block):
        if log.topics[0] == ProductWithdrawn.TOPIC:
            listed.pop(log.topics[1], None)
        else:
            event = ProductPublished.decode(log)
            listed[event.product] = Listing(event.product, event.terms, event.name)
    return list(listed.values())
