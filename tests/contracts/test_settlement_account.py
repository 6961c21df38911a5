"""What a merchant's settlement account takes, keeps and pays: `settlement_account.tree`."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.harness import World, raises
from tests.contracts.settling import account_of, pay_in, plan_of


def test_settlement_account_takes_the_fees_of_the_plan_and_keeps_the_rest_for_the_merchant(
    world: World,
) -> None:
    account = account_of(world)
    pay_in(world, account, 40_000)
    account.enter()
    (event,) = world.named("MoneyEntered")
    assert [event.args[name] for name in ("amount", "fee", "levy", "net")] == [40_000, 400, 200, 39_400]
    assert account.available() == (0, 39_400)
    assert account.dueTo(world.account("platform")) == 400
    assert account.dueTo(world.account("fund")) == 200


def test_settlement_account_takes_as_much_of_many_small_arrivals_as_of_one_large_one(world: World) -> None:
    """Splitting a payment evades no fee, and nothing is lost to rounding."""
    account = account_of(world, settleDays=0)
    for fen in (1, 99, 7, 50, 43, 800):
        pay_in(world, account, fen)
        account.enter()
    assert account.dueTo(world.account("platform")) == 10
    assert account.dueTo(world.account("fund")) == 5
    assert account.available() == (985, 0)


def test_settlement_account_takes_no_fen_before_it_is_whole(world: World) -> None:
    """One per cent of ninety-nine fen is nothing, in however many pieces they come."""
    account = account_of(world, levyBps=0)
    for fen in (50, 49):
        pay_in(world, account, fen)
        account.enter()
        assert account.dueTo(world.account("platform")) == 0
    pay_in(world, account, 1)
    account.enter()
    assert account.dueTo(world.account("platform")) == 1


def test_settlement_account_never_takes_more_than_an_arrival(world: World) -> None:
    """Both fees reach a whole fen with the same one: one of them waits for the next."""
    account = account_of(world, feeBps=5_000, levyBps=5_000)
    for fen in (1, 1):
        pay_in(world, account, fen)
        account.enter()
    assert account.available() == (0, 1)
    pay_in(world, account, 8)
    account.enter()
    assert account.dueTo(world.account("platform")) + account.dueTo(world.account("fund")) == 9


def test_settlement_account_lets_anyone_enter_it_and_enters_nothing_twice(world: World) -> None:
    account = account_of(world)
    pay_in(world, account, 1_000)
    account.enter(sender=world.stranger)
    account.enter(sender=world.stranger)
    assert world.named("MoneyEntered") == []
    assert account.available() == (0, 985)


def test_settlement_account_is_what_a_card_pays(world: World) -> None:
    """A card's payee: what is released arrives there, what is left at exit is collected there."""
    account = account_of(world)
    terms = world.terms(bonus=30_000, payee=account, consumer_formula=1)
    world.open(world.alice, terms)
    world.consume(world.alice, terms, 52_000)
    world.terminate(world.alice, terms)
    world.wallet(world.alice).collect(terms, sender=world.stranger)
    assert world.balance(account) == 52_000
    assert world.balance(world.shop) == 0
    assert account.available() == (0, 52_000 - 520 - 260)


def test_settlement_account_makes_each_days_money_ready_when_its_days_are_over(world: World) -> None:
    """T+2 by calendar days: Monday's money on Wednesday, Tuesday's on Thursday."""
    account = account_of(world, feeBps=0, levyBps=0)
    for fen in (100, 30):
        pay_in(world, account, fen)
        account.enter()
        world.advance(days=1)
    assert account.available() == (100, 30)
    world.advance(days=1)
    assert account.available() == (130, 0)
    account.enter()
    pay_in(world, account, 5)
    account.enter()
    assert account.available() == (130, 5)


def test_settlement_account_leaves_a_days_money_waiting_while_another_days_becomes_ready(
    world: World,
) -> None:
    """Entering on the day on which the older money is ready forgets nothing of the younger."""
    account = account_of(world, feeBps=0, levyBps=0)
    for fen in (100, 30):
        pay_in(world, account, fen)
        account.enter()
        world.advance(days=1)
    account.enter()
    assert account.available() == (100, 30)
    world.advance(days=1)
    assert account.available() == (130, 0)
    account.withdraw(world.shop, 130, sender=world.shop)
    assert world.balance(world.shop) == 130


def test_settlement_account_says_beforehand_what_entering_would_say(world: World) -> None:
    account = account_of(world)
    pay_in(world, account, 1_000)
    foreseen = account.available()
    account.enter()
    assert account.available() == foreseen == (0, 985)
    world.advance(days=2)
    pay_in(world, account, 200)
    foreseen = account.available()
    account.enter()
    assert account.available() == foreseen == (985, 197)


def test_settlement_account_pays_what_is_ready_where_the_merchant_says(world: World) -> None:
    account = account_of(world)
    pay_in(world, account, 1_000)
    account.enter()
    world.advance(days=2)
    account.withdraw(world.payee, 900, sender=world.shop)
    account.withdraw(world.shop, 85, sender=world.shop)
    assert (world.balance(world.payee), world.balance(world.shop)) == (900, 85)
    assert world.balance(account) == 15


def test_settlement_account_refuses_more_than_is_ready(world: World) -> None:
    account = account_of(world)
    pay_in(world, account, 1_000)
    with raises("SettlementAccount_TooMuch", 1, 0):
        account.withdraw(world.shop, 1, sender=world.shop)
    with raises("SettlementAccount_TooMuch", 986, 985):
        account.withdrawFast(world.shop, 986, sender=world.shop)


def test_settlement_account_refuses_everybody_else(world: World) -> None:
    """Neither platform nor bank, fund, operator or a stranger takes what is the merchant's."""
    account = account_of(world, settleDays=0)
    pay_in(world, account, 1_000)
    people = [world.account(name) for name in ("platform", "bank", "fund")]
    for person in (*people, world.operator, world.stranger):
        with raises("SettlementAccount_NotMerchant", person, world.shop):
            account.withdraw(person, 1, sender=person)
        with raises("SettlementAccount_NotMerchant", person, world.shop):
            account.withdrawFast(person, 1, sender=person)


def test_settlement_account_pays_money_that_waits_for_a_fee(world: World) -> None:
    """What would have waited longest goes first; the rest is ready as if nothing had happened."""
    account = account_of(world, feeBps=0, levyBps=0)
    pay_in(world, account, 10_000)
    account.enter()
    world.advance(days=1)
    pay_in(world, account, 4_000)
    assert account.withdrawFast(world.payee, 5_000, sender=world.shop) == 10
    assert (world.balance(world.payee), account.dueTo(world.account("bank"))) == (4_990, 10)
    assert account.available() == (0, 9_000)
    world.advance(days=1)
    assert account.available() == (9_000, 0)


def test_settlement_account_takes_no_more_than_the_plans_share_of_money_that_waits(world: World) -> None:
    """0.2 % of 1,499 fen are two fen and a piece of a third, which is the merchant's."""
    account = account_of(world, feeBps=0, levyBps=0)
    pay_in(world, account, 1_499)
    assert account.withdrawFast(world.payee, 1_499, sender=world.shop) == 2
    assert world.balance(world.payee) == 1_497


def test_settlement_account_refuses_that_where_the_plan_does(world: World) -> None:
    account = account_of(world, fast=False)
    pay_in(world, account, 1_000)
    with raises("SettlementAccount_FastOff"):
        account.withdrawFast(world.shop, 1, sender=world.shop)


def test_settlement_account_keeps_a_surplus_for_the_next_entry(world: World) -> None:
    """Money that arrives between two entries belongs to the later one, whoever sent it."""
    account = account_of(world, feeBps=0, levyBps=0, settleDays=0)
    pay_in(world, account, 100)
    account.withdraw(world.shop, 60, sender=world.shop)
    pay_in(world, account, 11)
    assert account.available() == (51, 0)
    account.withdraw(world.shop, 51, sender=world.shop)
    assert world.balance(account) == 0


def test_settlement_account_pays_them_to_their_receiver_and_nobody_else(world: World) -> None:
    account = account_of(world)
    pay_in(world, account, 1_000)
    platform = world.account("platform")
    assert account.payFees(platform, sender=world.stranger) == 10
    assert account.payFees(world.account("fund"), sender=world.stranger) == 5
    assert world.balance(platform) == 10
    assert account.available() == (0, 985)


def test_settlement_account_pays_the_levy_into_a_fund_as_capital(world: World) -> None:
    """What is merely sent to a fund backs nothing; what is paid in does."""
    limits = (world.account("assessor"), 1, 0, 0, 365, 10**9, 10**9, 10**9)
    parts = (world.operator, world.yuan, world.factory, world.merchants, world.disputes, world.catalogue)
    fund = world.deploy("GuaranteeFund", *parts, limits)
    account = account_of(world, fund=fund)
    pay_in(world, account, 40_000)
    assert account.payFees(fund, sender=world.stranger) == 200
    assert fund.books() == (200, 0)
    assert account.available() == (0, 39_400)


def test_settlement_account_refuses_who_is_due_nothing(world: World) -> None:
    account = account_of(world)
    pay_in(world, account, 1_000)
    for receiver in (world.shop, world.account("bank"), world.stranger):
        with raises("SettlementAccount_NothingDue", receiver):
            account.payFees(receiver, sender=world.shop)


def test_settlement_account_refuses_a_plan_that_contradicts_itself(world: World) -> None:
    nobody = "0x" + "0" * 40
    for changes, what in (
        ({"feeBps": 9_999, "levyBps": 2}, "feeBps"),
        ({"fastFeeBps": 10_001}, "fastFeeBps"),
        ({"settleDays": 8}, "settleDays"),
        ({"merchant": nobody}, "merchant"),
        ({"platform": nobody}, "receiver"),
        ({"fund": nobody}, "receiver"),
        ({"bank": nobody}, "receiver"),
    ):
        with raises("SettlementAccount_PlanInvalid", what):
            world.deploy("SettlementAccount", plan_of(world, **changes))
    world.deploy("SettlementAccount", plan_of(world, fund=nobody, levyBps=0))


steps = st.lists(
    st.tuples(
        st.sampled_from(["pay in", "enter", "withdraw", "fast", "fees", "wait"]), st.integers(0, 3_000)
    ),
    max_size=25,
)


@given(steps, st.integers(0, 7), st.integers(0, 5_000), st.integers(0, 5_000), st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_settlement_account_never_owes_more_than_it_holds(
    done: list[tuple[str, int]], days: int, fee: int, levy: int, fast: int
) -> None:
    """To the fen: what came in = what went out + what is the merchant's + what is due; never stuck."""
    account = account_of(WORLD, settleDays=days, feeBps=fee, levyBps=levy, fastFeeBps=fast)
    receivers = [WORLD.account(name) for name in ("platform", "fund", "bank")]
    for what, size in done:
        ready, waiting = account.available()
        if what == "pay in":
            pay_in(WORLD, account, size)
        elif what == "enter":
            account.enter()
        elif what == "withdraw":
            account.withdraw(WORLD.shop, min(size, ready), sender=WORLD.shop)
        elif what == "fast":
            account.withdrawFast(WORLD.shop, min(size, waiting), sender=WORLD.shop)
        elif what == "fees":
            for receiver in receivers:
                if account.dueTo(receiver):
                    account.payFees(receiver)
        else:
            WORLD.advance(days=size % 9, seconds=size)
    account.enter()
    due = sum(account.dueTo(receiver) for receiver in receivers)
    assert sum(account.available()) + due == WORLD.balance(account)


WORLD = World()
