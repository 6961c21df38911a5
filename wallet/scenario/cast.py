"""Who takes part and what is on sale, brought on stage before the first step.

Through the same gate as everybody: merchants apply with papers and are approved, products are listed. What
needs something that only a step makes (a template, a token, a guarantor) waits for that step's `publish`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wallet.address import ZERO_ADDRESS
from wallet.errors import InvalidInput
from wallet.rules import Period
from wallet.scenario import values
from wallet.scenario.world import PLATFORM_ROLES
from wallet.services.guarantee_cover import announce
from wallet.services.preset import product_terms
from wallet.services.publish import Listing, publish
from wallet.systems.figures import Figure, Words
from wallet.systems.model import Product as SystemProduct
from wallet.systems.model import Run
from wallet.terms import FULL, GIFT_FIRST, LIST, PAID_FIRST, RATIO, Terms

if TYPE_CHECKING:
    from wallet.scenario.document import Actor, Product, Step
    from wallet.scenario.load import Case
    from wallet.scenario.world import World
    from wallet.systems.model import System

ACCOUNT = "account of "
"""How a merchant's settlement account is called, once a step has opened it."""
RESERVED = ("others", "token", "any")
"""Names that no actor may have."""
BEST_TIER = 3
_ALIASES = {"vouchers": "takes_vouchers"}
_FORMULAS = {"ratio": RATIO, "list-price": LIST, "gift-first": GIFT_FIRST, "paid-first": PAID_FIRST}


def enter(world: World, case: Case) -> None:
    """Everybody and everything that a case begins with."""
    world.cast, world.offers = dict(case.actors), dict(case.products)
    if any(one.backed for one in case.products.values()) or _asks_guarantors(case.steps):
        world.entering = "guarantors"
        world.open_guarantors()
    for name, actor in case.actors.items():
        world.entering = f"actor {name}"
        _check(name, actor)
        if name not in PLATFORM_ROLES:
            world.add_person(
                name, actor.role, money=actor.money, coin=actor.coin, contract_wallet=actor.contract_wallet
            )
        elif actor.money:
            world.give(name, actor.money)
        if actor.role == "merchant" and actor.admitted:
            admit(world, name)
    for name, product in case.products.items():
        world.entering = f"product {name}"
        if product.on_sale and is_ready(world, product):
            put_on_sale(world, name)


def _check(name: str, actor: Actor) -> None:
    """Refuse a role that nobody plays, and a name that means something else."""
    known = ("consumer", "merchant", "stranger", *PLATFORM_ROLES)
    if actor.role not in known:
        raise InvalidInput(
            f"{name}: nobody plays the role {actor.role!r}",
            hint=f"there are: {', '.join(known)}",
            code="scenario-unknown-name",
            what="role",
            name=actor.role,
            known=", ".join(known),
        )
    if actor.tier > BEST_TIER:
        raise InvalidInput(
            f"{name}: there is no tier {actor.tier}",
            hint=f"0 (none) to {BEST_TIER} (best)",
            code="scenario-tier",
            name=name,
            value=actor.tier,
        )
    if name in RESERVED or name.startswith("wallet of "):
        raise InvalidInput(
            f"{name!r} means something else in a scenario",
            hint="call this actor something else",
            code="scenario-reserved-name",
            name=name,
        )


def _asks_guarantors(steps: Sequence[Step]) -> bool:
    return any(
        one.verb is not None and (one.verb.guarantors or _asks_guarantors(getattr(one.verb, "steps", ())))
        for one in steps
    )


def admit(world: World, name: str) -> None:
    """A merchant applies with papers that are in order, and is approved by as many as it takes."""
    actor = world.cast[name]
    sector = actor.sector or world.stage.sector
    world.stage.admit(name, actor.name or name, sector, tier=actor.tier)


def is_ready(world: World, product: Product) -> bool:
    """Whether all that a product names is there already."""
    named = [product.template, product.token, *product.pledges]
    if product.payee is not None and product.payee.startswith(ACCOUNT):
        named.append(product.payee)
    merchant = world.cast.get(product.of)
    admitted = merchant is None or merchant.admitted
    return admitted and all(one is None or one in world.contracts for one in named)


def put_on_sale(world: World, name: str) -> Any:
    """List a product of the file under its name."""
    offer = world.offers.get(name)
    if offer is None:
        raise InvalidInput(
            f"no product is called {name!r} here",
            hint=f"there are: {', '.join(world.offers) or 'none'}",
            code="scenario-unknown-name",
            what="product",
            name=name,
            known=", ".join(world.offers),
        )
    terms = terms_of(world, name, offer)
    shown = publish(world.context, world.signer(offer.of), terms, offer.name or name)
    world.products[name] = Listing(terms.product_id, terms, offer.name or name)
    if offer.backed:
        world.backing.listed(terms.product_id)
    return shown


def terms_of(world: World, name: str, offer: Product) -> Terms:
    """What a merchant offers: the system's rules, and the numbers that the file sets itself."""
    preset, seller = world.stage.preset, world.person(offer.of)
    merchant = world.cast.get(offer.of)
    if offer.preset is not None:
        system, product = preset.product(offer.preset)
    else:
        wanted = (merchant.sector if merchant else None) or world.stage.sector
        known = {one.key for one in preset.system.sectors}
        system = preset.under(wanted).system if wanted in known else preset.system
        product = _product(name, offer, wanted)
    if offer.backed:
        world.backing.stand_for(offer.of)
    terms = product_terms(
        world.context,
        preset,
        system,
        product,
        merchant=seller.signer.address,
        payee=ZERO_ADDRESS if offer.payee is None else world.address(offer.payee),
        certifier=_certifier(world, system, offer),
    )
    terms = _changed(terms, offer)
    if offer.template is not None:
        terms = replace(terms, template=world.address(offer.template))
    if offer.backed:
        world.backing.allow(terms.template)
    if offer.token is not None:
        terms = replace(terms, token=world.address(offer.token))
    return replace(terms, cover=_cover(world, terms, offer))


def _certifier(world: World, system: System, offer: Product) -> str:
    if offer.certifier is not None:
        return world.address(offer.certifier)
    return world.address("certifier") if system.custody.trigger.value == "on-conditions" else ZERO_ADDRESS


def _cover(world: World, terms: Terms, offer: Product) -> bytes:
    if offer.pledges:
        pledges = [(world.address(name), fen) for name, fen in offer.pledges.items()]
        return announce(world.context, world.operator, pledges)
    return world.backing.cover(terms.principal) if offer.backed else terms.cover


def _changed(terms: Terms, offer: Product) -> Terms:
    """The terms with what the file sets itself; a share of custody brings its advance along."""
    numbers = {_ALIASES.get(name, name.replace("-", "_")): number(text) for name, text in offer.terms.items()}
    if offer.kind == "period-unlimited" and offer.release_days:
        plan = Period.unlimited(terms.principal, offer.term_days, release_days=offer.release_days)
        terms = replace(terms, params0=plan.pop("params0"))
        numbers = {**plan, **numbers}
    if offer.cooling_days is not None:
        numbers.setdefault("cooling_days", offer.cooling_days)
    if offer.term_days:
        numbers.setdefault("term_days", offer.term_days)
    known = terms.numbers()
    for name in numbers:
        if name not in known:
            raise InvalidInput(
                f"terms: no number is called {name.replace('_', '-')!r}",
                hint="there are: " + ", ".join(sorted(one.replace("_", "-") for one in known)),
                code="scenario-unknown-name",
                what="number of the terms",
                name=name,
                known=", ".join(known),
            )
    if "custody_bps" in numbers and "advance" not in numbers:
        held = -(-terms.principal * numbers["custody_bps"] // FULL)
        numbers = {"advance": terms.principal - held, "ladder1": 0, "ladder2": 0, "ladder3": 0, **numbers}
    return terms.change(**numbers) if numbers else terms


def number(text: Any) -> int:
    """A number of the terms as it is written: money, a share, days, yes or no, a formula, a count."""
    if text in _FORMULAS:
        return _FORMULAS[text]
    for read in (values.read_count, values.read_money, values.read_share, values.read_flag):
        try:
            return int(read(text))
        except ValueError:
            continue
    try:
        return values.read_duration(text) // 86_400
    except ValueError:
        raise InvalidInput(
            f"terms: {text!r} is no number",
            hint="write ¥30, 70 %, 30d, yes or a whole number",
            code="scenario-terms",
            value=str(text),
        ) from None


def _product(name: str, offer: Product, sector: str) -> SystemProduct:
    """The file's product as the system's own are written."""
    price = sum(offer.milestones) if offer.milestones and offer.price is None else offer.price
    if not price:
        raise InvalidInput(
            f"product {name} has no price above zero",
            hint="say price: ¥1000",
            code="scenario-product",
            product=name,
        )
    runs = tuple(
        Run(name=Words(en=f"step {at}", zh=f"第{at}步"), count=1, price=fen)
        for at, fen in enumerate(offer.milestones, 1)
    )
    return SystemProduct(
        key="scenario",
        name=Words(en=name, zh=offer.name or name),
        kind=offer.kind,
        sector=sector,
        source=("own",),
        principal=_figure(price, "fen"),
        bonus=_figure(offer.bonus, "fen") if offer.bonus else None,
        discount=_figure(offer.discount, "bps") if offer.discount else None,
        paid_units=_figure(offer.sessions, "count") if offer.sessions else None,
        gift_units=_figure(offer.gift, "count") if offer.gift else None,
        months=_figure(offer.months, "months") if offer.months else None,
        term=_figure(offer.term_days, "days") if offer.term_days else None,
        milestones=_runs(runs) if runs else None,
        custom_cost_cap=_figure(offer.cost_cap, "bps") if offer.cost_cap else None,
        label="story" if offer.backed else "",
    )


def _runs(runs: tuple[Run, ...]) -> Figure[tuple[Run, ...]]:
    return Figure[tuple[Run, ...]](value=runs, unit="fen", mark="design", source=("own",))


def _figure(value: int, unit: str) -> Figure[int]:
    return Figure[int](value=value, unit=unit, mark="design", source=("own",))
