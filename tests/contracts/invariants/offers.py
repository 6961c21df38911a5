"""Random terms: every number of a card's terms somewhere between sensible and extreme."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tests.contracts.harness import Account
from tests.contracts.invariants.hostile import MODES
from tests.contracts.invariants.setting import Consumer, Setting
from wallet.eip712 import NO_COVER, ZERO_ADDRESS
from wallet.rules import DiscountCard, Milestones, Period, Sessions
from wallet.terms import LAYOUT, ON_CONDITIONS, Terms

TOP = (1 << 48) - 1


def amount(random: Random, most: int) -> int:
    """Fen from 1 to `most`: often small, often round, sometimes the very most."""
    kind = random.random()
    if kind < 0.05:
        return most
    if kind < 0.25:
        return min(most, random.randint(1, 20))
    if kind < 0.75:
        return min(most, random.choice((1_000, 9_999, 10_000, 99_999, 100_000, 123_457)))
    return random.randint(1, most)


def draw_terms(random: Random, setting: Setting, buyer: Consumer, merchants: Sequence[Account]) -> Terms:
    """A purchase from one of the merchants that may be opened now; `salt` makes it unlike any other."""
    world = setting.world
    principal = amount(random, 10**9)
    numbers = {
        "principal": principal,
        "bonus": random.choice((0, 0, principal * 3 // 10, amount(random, 10**9))),
        "custody_bps": random.choice((10_000, 10_000, 10_000, 0, 3_000, 7_777, random.randint(0, 10_000))),
        "schedule": random.choice((0, 0, 1)),
        "settlement_formula": random.randint(0, 3),
        "not_consumer_formula": random.randint(0, 3),
        "consumer_formula": random.randint(0, 3),
        "cooling_days": random.choice((0, 0, 1, 7, 15)),
        "cooling_use": random.randint(0, 2),
        "term_days": random.choice((0, 0, 1, 30, 365)),
        "expiry_policy": random.randint(0, 2),
        "refund_on_closure": random.randint(0, 1),
        "takes_vouchers": random.randint(0, 1),
        "declared": random.choice((0, 0, 0, 1)),
        "channel": random.randint(0, 255),
        "salt": random.getrandbits(64),
        "buy_by": world.now + random.choice((0, 1, 3_600, 10**6)),
    }
    if random.random() < 0.4:
        numbers["exit_fee_bps"] = random.choice((1, 500, 1_000))
        numbers["exit_fee_cap"] = random.choice((0, 1, 5_000, TOP))
    if random.random() < 0.4:
        numbers["advance"] = min(principal, amount(random, principal))
    if random.random() < 0.4:
        numbers["accrual"] = random.choice((amount(random, principal), TOP))
        numbers["accrual_days"] = random.choice((1, 1, 7, 30))
    if random.random() < 0.1:  # numbers that the sub-wallet only records must change nothing
        idle = ("refund_days", "gift_rule", "list_source", "rate_merchant")
        for name in idle:
            numbers[name] = random.randint(0, LAYOUT[name].limit)
    if random.random() < 0.15:
        steps = sorted(random.choices((0, 1, 3_000, 5_000, 7_000, 10_000), k=3))
        numbers |= dict(zip(("ladder1", "ladder2", "ladder3"), steps, strict=True))
        numbers["ladder_for_all"] = random.randint(0, 1)
    certifier = ZERO_ADDRESS
    if random.random() < 0.25:
        certifier, numbers["takes_vouchers"] = random.choice(setting.certifiers).address, 0
        if numbers.get("accrual_days") and random.random() < 0.6:
            numbers["trigger"] = ON_CONDITIONS
    template, own = _template(random, setting, principal)
    params = {"params1": random.choice((0, principal, random.getrandbits(48))), **own}
    return Terms.build(
        token=setting.token.address if random.random() < 0.2 else setting.yuan.address,
        merchant=random.choice(merchants).address,
        payee=_payee(random, setting, buyer),
        certifier=certifier,
        template=template,
        form=random.randbytes(32),
        cover=_cover(random, setting, principal),
        **{**numbers, **params},
    )


def _template(random: Random, setting: Setting, principal: int) -> tuple[str, dict[str, int]]:
    """A template's address and the numbers of the terms that are its own."""
    kind, world = random.random(), setting.world
    if kind < 0.4:
        return world.stored_value, {}
    if kind < 0.6:
        paid, given = random.choice((1, 2, 3, 7, 10, 100)), random.choice((0, 0, 1, 2, 5))
        return world.sessions, {"params0": Sessions.params(paid, given)}
    if kind < 0.65:
        return world.template("DiscountCard"), DiscountCard.at(random.choice((1, 5_000, 8_888, 10_000)))
    if kind < 0.7:
        if random.random() < 0.5:
            return world.template("Period"), Period.monthly(random.choice((1, 3, 12)))
        term, every = random.choice((1, 7, 30, 365)), random.choice((0, 1, 30))
        return world.template("Period"), Period.unlimited(principal, term, release_days=every)
    if kind < 0.75 and principal < 1 << 32:
        first = random.randint(0, principal)
        plan = Milestones.plan((first, principal - first), cost_cap_bps=random.choice((0, 2_000, 10_000)))
        return world.template("Milestones"), plan
    modes = random.randrange(MODES) | random.randrange(MODES) << 8
    return setting.hostile_template, {"params0": modes}


def _cover(random: Random, setting: Setting, principal: int) -> bytes:
    """Mostly nobody; at times one guarantor or both, in either order."""
    if random.random() < 0.85:
        return NO_COVER
    names = random.sample([each.address for each in setting.guarantors], random.randint(1, 2))
    return setting.cover([(name, amount(random, principal)) for name in names])


def _payee(random: Random, setting: Setting, buyer: Consumer) -> str:
    """Mostly the merchant; at times somebody else, at times another consumer's sub-wallet."""
    kind = random.random()
    if kind < 0.7:
        return ZERO_ADDRESS
    if kind < 0.95:
        return random.choice(setting.payees).address
    other = next(each for each in setting.consumers if each is not buyer)
    return other.wallet.address
