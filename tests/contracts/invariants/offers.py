"""Random terms for every card kind: every number somewhere between sensible and extreme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from tests.contracts.harness import Account
from tests.contracts.invariants.hostile import MODES
from tests.contracts.invariants.setting import FORM, Consumer, Setting
from wallet.eip712 import ZERO_ADDRESS, cover_hash
from wallet.rules import DiscountCard, Milestones, Period, Sessions
from wallet.terms import FULL, GIFT_FIRST, LAYOUT, LIST, ON_CONDITIONS, PAID_FIRST, RATIO, Terms

TOP = (1 << 48) - 1
FORMULAS = (RATIO, RATIO, LIST, GIFT_FIRST, PAID_FIRST)

KINDS = {"StoredValue": 24, "DiscountCard": 14, "Sessions": 18, "Period": 13, "Milestones": 14, "": 17}
"""Card kinds and how often each is drawn; "" is the hostile one."""

Pledges = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """Terms, and the guarantors that they name."""

    terms: Terms
    pledges: Pledges = ()


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


def draw_offer(
    random: Random, setting: Setting, buyer: Consumer, merchants: Sequence[Account], token: str = ""
) -> Offer:
    """A purchase from one of the merchants that may be opened now; `salt` makes it unlike any other."""
    world = setting.world
    principal = amount(random, 10**9)
    numbers = {
        "principal": principal,
        "bonus": random.choice((0, 0, principal * 3 // 10, amount(random, 10**9))),
        "custody_bps": random.choice((10_000, 10_000, 10_000, 0, 3_000, 7_777, random.randint(0, 10_000))),
        "schedule": random.choice((0, 0, 1)),
        "settlement_formula": random.choice(FORMULAS),
        "not_consumer_formula": random.choice((*FORMULAS, LIST, LIST)),
        "consumer_formula": random.choice((*FORMULAS, GIFT_FIRST)),
        "cooling_days": random.choice((0, 0, 1, 7, 15)),
        "cooling_use": random.randint(0, 2),
        "gift_rule": random.randint(0, 2),
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
        numbers["advance"] = amount(random, principal)
    if random.random() < 0.4:
        numbers["accrual"] = random.choice((amount(random, principal), TOP))
        numbers["accrual_days"] = random.choice((1, 1, 7, 30))
    if random.random() < 0.18:
        numbers |= draw_ladder(random)
    if random.random() < 0.1:  # numbers that the sub-wallet only records must change nothing
        for name in ("refund_days", "list_source", "rate_merchant"):
            numbers[name] = random.randint(0, LAYOUT[name].limit)
    kind = random.choices(list(KINDS), list(KINDS.values()))[0]
    params = {"params0": 0, "params1": random.choice((0, principal, random.getrandbits(48)))}
    _of_kind(random, kind, principal, numbers, params)
    certifier = _certifier(random, setting, buyer, kind, numbers)
    numbers["advance"] = min(numbers.get("advance", 0), numbers["principal"])
    terms = Terms.build(
        token=token or (setting.token.address if random.random() < 0.2 else setting.yuan.address),
        merchant=random.choice(merchants).address,
        payee=_payee(random, setting, buyer),
        certifier=certifier,
        template=setting.kinds.get(kind, setting.hostile_template),
        form=random.randbytes(32),
        **params,
        **numbers,
    )
    cover = random.random()
    if cover < 0.06 and kind and terms.token == setting.yuan.address and not setting.unreliable:
        return funded(random, setting, terms)
    return covered(random, setting, terms) if cover < 0.26 else Offer(terms)


def covered(random: Random, setting: Setting, terms: Terms) -> Offer:
    """The same terms with one to three guarantors behind them."""
    guarantors = random.sample(setting.guarantors, random.choice((1, 1, 2, 3)))
    pledges = tuple((each.address, random.choice((1, terms.principal, TOP))) for each in guarantors)
    return Offer(replace(terms, cover=cover_hash(pledges)), pledges)


def funded(random: Random, setting: Setting, terms: Terms) -> Offer:
    """The same with a real guarantor, alone or beside another, changed so that a merchant may have such a
    card on sale: nothing leaves before use but the advance."""
    custody = random.choice((0, 0, 3_000, 9_999))
    held = -(-custody * terms.principal // FULL)
    terms = terms.change(custody_bps=custody, advance=terms.principal - held, settlement_formula=RATIO)
    terms = replace(terms.change(ladder1=0, ladder2=0, ladder3=0), form=FORM)
    pledges = [(setting.fund.address, random.choice((1, terms.principal, TOP)))]
    if random.random() < 0.3:
        pledges.insert(random.randint(0, 1), (random.choice(setting.guarantors).address, terms.principal))
    return Offer(replace(terms, cover=cover_hash(pledges)), tuple(pledges))


def _of_kind(
    random: Random, kind: str, principal: int, numbers: dict[str, int], params: dict[str, int]
) -> None:
    """What a card kind needs in the terms, now and then not as it should be."""
    if random.random() < 0.04:
        return
    if kind == "DiscountCard":
        params |= DiscountCard.at(random.choice((1, 5_000, 8_000, 9_999, 10_000)))
    elif kind == "Sessions":
        params["params0"] = Sessions.params(
            random.choice((1, 2, 3, 7, 10, 100)), random.choice((0, 0, 1, 2, 5))
        )
    elif kind == "Period" and random.random() < 0.4:
        params |= Period.monthly(random.choice((1, 3, 12)))
    elif kind == "Period":
        term, every = random.choice((1, 30, 90, 365)), random.choice((0, 1, 7, 30))
        unlimited = Period.unlimited(principal, term, release_days=every)
        params["params0"] = unlimited.pop("params0")
        numbers |= unlimited if random.random() < 0.8 else {"term_days": term}
    elif kind == "Milestones":
        prices = [amount(random, 10**7) for _ in range(random.choice((1, 2, 4, 10)))]
        plan = Milestones.plan(prices, cost_cap_bps=random.choice((0, 500, 3_000, 10_000)))
        numbers["principal"] = plan.pop("principal")
        params |= plan
    elif not kind:
        params["params0"] = random.randrange(MODES) | random.randrange(MODES) << 8


def _certifier(random: Random, setting: Setting, buyer: Consumer, kind: str, numbers: dict[str, int]) -> str:
    """Nobody, or whoever certifies; then at times certificates release money by themselves."""
    if random.random() >= (0.75 if kind == "Milestones" else 0.17):
        return ZERO_ADDRESS
    numbers["takes_vouchers"] = 0
    if random.random() < 0.5:
        numbers["trigger"] = ON_CONDITIONS
        principal = numbers["principal"]
        numbers["accrual"] = random.choice(
            (amount(random, principal), principal // 30 + 1, principal // 100 + 1, 1)
        )
        numbers.setdefault("accrual_days", random.choice((1, 1, 7)))
        numbers["advance"] = random.choice((0, principal // 10, principal // 2))
        numbers["cooling_days"] = random.choice((0, 7, 15, 15))
    return random.choice((*setting.certifiers, *setting.certifiers, buyer)).address


def draw_ladder(random: Random) -> dict[str, int]:
    """How much merchants of each tier may have in advance; whether a tier that fell counts for all cards."""
    rungs = sorted(random.choice((0, 1_000, 5_000, 9_999, 10_000)) for _ in range(3))
    names = ("ladder1", "ladder2", "ladder3")
    return {**dict(zip(names, rungs, strict=True)), "ladder_for_all": random.randint(0, 1)}


def _payee(random: Random, setting: Setting, buyer: Consumer) -> str:
    """Mostly the merchant; at times somebody else, at times another consumer's sub-wallet."""
    kind = random.random()
    if kind < 0.7:
        return ZERO_ADDRESS
    if kind < 0.95:
        return random.choice(setting.payees).address
    other = next(each for each in setting.consumers if each is not buyer)
    return other.wallet.address
