"""Hypothesis strategies: amounts, products of every card kind, usage, and what may happen to a card.

Everything drawn is valid: a catalogue lists the products, a sub-wallet opens them, and every action of a path
succeeds when its turn comes. Money is whole fen, ratios are bps (ten-thousandths), times are whole days.
"""

from __future__ import annotations

from hypothesis import strategies as st

from wallet.rules import REFERENCE_TEMPLATES, DiscountCard, Milestones, Period, Sessions, Status, Usage
from wallet.terms import FULL, GIFT_FIRST, PAID_FIRST
from wallet.testing.paths import Action, Model
from wallet.testing.products import Product

KINDS = tuple(sorted(REFERENCE_TEMPLATES))
"""Names of the card kinds that the platform ships."""
DEAREST = 10**8
"""Fen, a million yuan: as much as a strategy lets a card cost, so that a consumer can buy several."""


def fen(most: int = DEAREST, *, least: int = 1) -> st.SearchStrategy[int]:
    """Amounts in fen; small ones and whole yuan more often than chance has it."""
    yuan = st.integers(-(-least // 100), most // 100).map(lambda amount: amount * 100)
    small = st.integers(least, min(most, least + 50))
    return st.one_of(small, yuan, st.integers(least, most)) if most >= 100 * -(-least // 100) else small


@st.composite
def products(draw: st.DrawFn, kind: str | None = None, *, dearest: int = DEAREST) -> Product:
    """A product of `kind` (a name of KINDS), or of any kind, that costs `dearest` fen at most.

    Custody from nothing to all, cooling-off, term, exit fee, accrual, every formula that the kind knows;
    no ladder of tiers, no certifier, no guarantors, which need somebody else's word.
    """
    name = draw(st.sampled_from(KINDS)) if kind is None else kind
    own = draw(_kinds(name, dearest))
    known = PAID_FIRST if name == "Sessions" else GIFT_FIRST
    formula = st.integers(0, known)
    numbers = {
        "bonus": draw(st.one_of(st.just(0), fen(dearest))) if name == "StoredValue" else 0,
        "custody_bps": draw(st.one_of(st.just(FULL), st.integers(0, FULL))),
        "schedule": draw(st.integers(0, 1)),
        "exit_fee_bps": draw(st.integers(0, 1_000)),
        "exit_fee_cap": draw(st.one_of(st.just(0), fen())),
        "accrual": draw(st.one_of(st.just(0), fen())),
        "accrual_days": draw(st.integers(0, 31)),
        "term_days": draw(st.one_of(st.just(0), st.integers(1, 60))),
        "cooling_days": draw(st.integers(0, 15)),
        "cooling_use": draw(st.integers(0, 2)),
        "settlement_formula": draw(formula),
        "consumer_formula": draw(formula),
        "not_consumer_formula": draw(formula),
        "expiry_policy": draw(st.integers(0, 2)),
        "refund_on_closure": draw(st.integers(0, 1)),
        "gift_rule": draw(st.integers(0, 2)),
        **own,
    }
    made = Product(name, numbers)
    # What is not in custody is the merchant's at once, and the terms have to say so.
    ahead = min(made.rules.released(made.terms(), Usage()), made.principal)
    return Product(name, {**numbers, "advance": ahead})


@st.composite
def usages(draw: st.DrawFn, product: Product) -> Usage:
    """What may have happened on a card: `used` in its unit, `listed` and `released` fen, `elapsed` days."""
    used = draw(st.integers(0, product.capacity))
    priced = product.price_of(0, used)
    # Never less than the card's own price: a discount card, for one, gives no answer then.
    listed = priced + draw(st.one_of(st.just(0), fen(product.principal)))
    bare = Usage(used=used, listed=listed, elapsed=draw(st.integers(0, 400)))
    released = min(product.rules.released(product.terms(), bare), product.principal)
    return Usage(used, listed, released, bare.elapsed)


@st.composite
def paths(draw: st.DrawFn, product: Product, *, most: int = 6) -> tuple[Action, ...]:
    """Up to `most` actions on a card of this product, each legal when its turn comes."""
    model, done = Model(product), []
    for _ in range(draw(st.integers(0, most))):
        choices = [action for action in draw(_candidates(product, model)) if model.legal(action)]
        action = draw(st.sampled_from(choices))
        model.do(action)
        done.append(action)
    return tuple(done)


@st.composite
def _candidates(draw: st.DrawFn, product: Product, model: Model) -> list[Action]:
    """An action of each verb, the rare ones more than once; waiting is always legal."""
    numbers = product.numbers
    ends = ("cooling_days", "accrual_days", "term_days")
    dates = {1, 30, *(numbers.get(name, 0) + 1 for name in ends)}
    wait = Action("wait", days=draw(st.sampled_from(sorted(dates))))
    if model.card.status is not Status.OPEN:
        return [wait, *[Action("collect")] * 3]
    left = product.capacity - model.card.used
    found = [wait, Action("stop"), *[Action("settle")] * 3, Action("leave")]
    if left > 0:
        used = draw(st.integers(1, left))
        priced = product.price_of(model.card.used, used)
        found[:0] = [Action("use", used, priced + draw(st.sampled_from([0, 0, 1, 1_000])))] * 2
    return found


@st.composite
def _kinds(draw: st.DrawFn, name: str, dearest: int) -> dict[str, int]:
    """The numbers that make a card of this kind, its price included."""
    principal = draw(fen(dearest))
    match name:
        case "Sessions":
            paid, given = draw(st.integers(1, 100)), draw(st.integers(0, 20))
            return {"principal": principal, "params0": Sessions.params(paid, given)}
        case "DiscountCard":
            return {"principal": principal, **DiscountCard.at(draw(st.integers(1, FULL)))}
        case "Period" if draw(st.booleans()):
            return {"principal": principal, **Period.monthly(draw(st.integers(1, 36)))}
        case "Period":
            days, every = draw(st.integers(1, 60)), draw(st.sampled_from([0, 1, 7, 30]))
            return {"principal": principal, **Period.unlimited(principal, days, release_days=every)}
        case "Milestones":
            runs = st.tuples(st.integers(1, max(1, dearest // 24)), st.integers(1, 3))
            priced = draw(st.lists(runs, min_size=1, max_size=8))
            plan = [price for price, count in priced for _ in range(count)]
            return Milestones.plan(plan, cost_cap_bps=draw(st.integers(0, FULL)))
    return {"principal": principal}
