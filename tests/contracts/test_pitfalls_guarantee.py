"""Promises of guarantors: docs/pitfalls.md, "Guarantees"."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from tests.contracts.guaranteed import FILED, FRAUD, PROMISED, RUNAWAY, Guaranteed
from tests.contracts.harness import SHORT, Refused, artefact, raises
from wallet.terms import Terms


@pytest.fixture(scope="module")
def furnished() -> Guaranteed:
    """A pool with a line, a platform with a label, a fund; all know the shop."""
    world = Guaranteed()
    world.write_line(aggregate=1_000_000)
    world.label()
    return world


@pytest.fixture
def world(furnished: Guaranteed) -> Iterator[Guaranteed]:
    with furnished.rollback():
        yield furnished


def guarantors(world: Guaranteed) -> tuple[Any, ...]:
    return world.pool, world.platform_advance, world.guarantee_fund


def everywhere(world: Guaranteed, fen: int = 30_000) -> Terms:
    """Alice's card with all three behind it."""
    return world.buy(world.alice, [(guarantor, fen) for guarantor in guarantors(world)])


def test_pitfall_a_forged_or_foreign_wallet_claims_a_shortfall(world: Guaranteed) -> None:
    """Three forgeries: a contract that answers like a wallet and names a real card; a true clone from
    another factory; a true wallet with a card that the guarantor never accepted."""
    terms = everywhere(world)
    world.leave_short(world.alice, terms)
    card = world.card_id(world.alice, terms)
    pledges = world.pledges_of(terms)
    impostor = world.deploy("ImpostorWallet", world.alice)
    impostor.pretend(card)
    second = world.deploy("SubWalletFactory", world.implementation)
    second.create(world.alice, sender=world.stranger)
    foreign = world.at(second.walletOf(world.alice), artefact("SubWallet"))
    world.merchants.approve(world.shop, sender=world.operator)
    bare = world.terms(custody_bps=0, advance=100_000)
    world.open(world.bob, bare)
    world.leave_short(world.bob, bare)

    for guarantor in guarantors(world):
        before = (world.balance(guarantor), guarantor.books())
        with raises("Guarantor_NotOurWallet", impostor):
            impostor.offer(guarantor, world.terms(custody_bps=0), 1_000)
        with raises("Guarantor_NotStanding", impostor, card):
            impostor.claim(guarantor, terms, pledges)
        for wallet, claimed in ((foreign, terms), (world.wallet(world.bob), bare)):
            with raises("Guarantor_NotStanding", wallet):
                guarantor.file(wallet, claimed, (), RUNAWAY, sender=world.alice)
            with raises("Guarantor_NotStanding", wallet):
                guarantor.release(wallet, claimed, sender=world.alice)
        with raises("Guarantor_NotStanding", impostor, card):
            guarantor.pay(impostor, terms, sender=world.alice)
        assert (world.balance(guarantor), guarantor.books()) == before
    assert impostor.taken() == 0
    assert world.settle(world.pool, world.alice, terms) == 30_000


def test_pitfall_merchant_and_consumer_in_league_recycle_the_advance(world: Guaranteed) -> None:
    """The shop hands each advance back, its friends buy again and again, then it vanishes. The booty is the
    limits, known beforehand: 10,000 yuan of the line, the platform's and the fund's limit for a merchant.
    After the waiting days, on the assessor's word or silence; and it is owed."""
    limits = {"pool": 1_000_000, "platform": 2_000_000, "fund": 2_000_000}
    sizes = {"principal": 500_000, "advance": 500_000}
    found = dict.fromkeys(limits, 0)
    for name, guarantor in zip(limits, guarantors(world), strict=True):
        with world.rollback():
            friends = [world.account(f"friend {number}") for number in range(8)]
            bought = []
            for friend in friends:
                world.fund(friend, 500_000)
                with suppress(Refused):
                    bought.append((friend, world.buy(friend, [(guarantor, 500_000)], **sizes)))
                    world.yuan.transfer(friend, 500_000, sender=world.shop)
            for friend, terms in bought:
                world.leave_short(friend, terms)
                world.file(guarantor, friend, terms)
                with raises("Guarantor_NotVerified"):
                    world.pay(guarantor, friend, terms)
            with world.rollback():  # an assessor who looks at them refuses them all
                for friend, terms in bought:
                    world.refuse(guarantor, friend, terms)
                world.advance(days=world.PATIENCE)
                for friend, terms in bought:
                    with raises("Guarantor_NotVerified"):
                        world.pay(guarantor, friend, terms)
            world.advance(days=world.PATIENCE)
            found[name] = sum(world.pay(guarantor, friend, terms) for friend, terms in bought)
            assert guarantor.owedBy(world.shop) == found[name]
            # Approved again, it can do so no more: the line is spent, the limit counts what is owed.
            world.merchants.approve(world.shop, sender=world.operator)
            with raises("Guarantor_BeyondLimit", ..., 1, 0):
                world.buy(world.alice, [(guarantor, 1)])
    assert found == limits


def test_pitfall_a_guarantor_withdraws_what_it_has_promised(world: Guaranteed) -> None:
    """Every function of every guarantor by whoever runs it, with cards accepted: the promise stays, the money
    stays, and it is paid."""
    terms = everywhere(world)
    nobody, zero = world.bank.address, bytes(32)
    powers = {
        world.pool: world.underwriter,
        world.platform_advance: world.platform,
        world.guarantee_fund: world.steward,
    }
    wallet, card = world.wallet(world.alice), world.card_id(world.alice, terms)
    for guarantor, keeper in powers.items():
        calls: list[tuple[str, tuple[Any, ...]]] = [
            ("withdraw", (guarantor.books()[0] - guarantor.books()[1], nobody)),
            ("withdraw", (1, nobody)),
            ("stopLine", (1,)),
            ("writeLine", (world.line(), ())),
            ("withdrawPremium", (1, 0, 1, nobody)),
            ("listTemplate", (world.stored_value, False)),
            ("label", (bytes(12) + bytes.fromhex(world.shop.address[2:]), False)),
            ("label", (terms.product_id, False)),
            ("confirm", (card,)),
            ("refuse", (card, zero)),
            ("release", (wallet, terms)),
            ("pay", (wallet, terms)),
            ("repay", (world.shop.address, 1)),
            ("accept", (card, terms, 1)),
            ("attach", (card, zero)),
            ("deposit", (0,)),
            ("payIn", (0,)),
            ("fundPremium", (1, 0, 0)),
            ("allot", (1, 0, 0, 0, 1)),
            ("file", (wallet, terms, world.pledges_of(terms), RUNAWAY)),
        ]
        known = {
            entry["name"]
            for name in ("InsurancePool", "PlatformAdvance", "GuaranteeFund")
            for entry in artefact(name).abi
            if entry["type"] == "function" and entry["stateMutability"] == "nonpayable"
        }
        assert {name for name, _ in calls} == known, "a new function: is it a power over promises?"
        for name, arguments in calls:
            if name in guarantor.interface.functions:
                for caller in (keeper, world.operator, world.assessor, world.shop):
                    with suppress(Refused):
                        guarantor.send(name, *arguments, sender=caller)
        assert guarantor.guaranteeOf(card)[1:4:2] == (30_000, PROMISED)
        capital, reserved = guarantor.books()
        assert (capital >= reserved >= 30_000, world.balance(guarantor) >= capital) == (True, True)
    world.leave_short(world.alice, terms)
    assert [world.settle(guarantor, world.alice, terms) for guarantor in powers] == [30_000] * 3


def test_pitfall_a_claim_is_paid_twice_or_beyond_what_is_missing(world: Guaranteed) -> None:
    """All pay at once, again, and while the merchant pays too: the consumer never gets a fen more than it is
    owed, and a token that calls back in the middle gets nowhere."""
    terms = everywhere(world, 80_000)
    before = world.balance(world.alice)
    world.leave_short(world.alice, terms)
    paid = []
    for guarantor in guarantors(world):
        world.file(guarantor, world.alice, terms)
        with raises("Guarantor_WrongStage", ..., FILED):
            world.file(guarantor, world.alice, terms)
        world.advance(days=world.PATIENCE)
        paid.append(world.pay(guarantor, world.alice, terms))
        with raises("Guarantor_NotVerified"):
            world.pay(guarantor, world.alice, terms)
        if world.card(world.alice, terms).status != SHORT:
            break
    assert paid == [80_000, 20_000]
    assert world.balance(world.alice) == before + 100_000
    with raises("Guarantor_CardNotShort"):
        world.file(world.guarantee_fund, world.alice, terms)


def test_pitfall_a_token_calls_back_while_a_guarantor_moves_money(world: Guaranteed) -> None:
    """From each place where the token is called, each function of the guarantor is tried: all are locked."""
    token = world.deploy("HostileToken")
    pool = world.deploy(
        "InsurancePool",
        world.underwriter,
        token,
        world.factory,
        world.merchants,
        world.disputes,
        world.catalogue,
    )
    for who in (world.underwriter, world.alice, world.shop):
        token.mint(who, 1_000_000)
        token.approve(pool, 1_000_000, sender=who)
    pool.deposit(200_000, sender=world.underwriter)
    line = pool.writeLine(
        world.line(aggregate=100_000, rate_bps=100), (world.stored_value,), sender=world.underwriter
    )
    pool.fundPremium(line, 0, 2_000, sender=world.shop)
    terms = world.buy(world.alice, [(pool, 100_000)], token=token)
    world.leave_short(world.alice, terms)
    world.file(pool, world.alice, terms)
    world.advance(days=world.PATIENCE)
    wallet, card, shop = world.wallet(world.alice), world.card_id(world.alice, terms), world.shop.address
    inside = [
        ("pay", (wallet, terms)),
        ("file", (wallet, terms, world.pledges_of(terms), RUNAWAY)),
        ("release", (wallet, terms)),
        ("confirm", (card,)),
        ("refuse", (card, bytes(32))),
        ("deposit", (1,)),
        ("withdraw", (1, shop)),
        ("repay", (shop, 1)),
        ("writeLine", (world.line(), ())),
        ("stopLine", (line,)),
        ("fundPremium", (line, 0, 1)),
        ("withdrawPremium", (line, 0, 1, shop)),
        ("allot", (line, 0, 0, 0, 1)),
        ("accept", (card, terms, 1)),
    ]
    outside: list[tuple[str, tuple[Any, ...], Any]] = [
        ("pay", (wallet, terms), world.stranger),
        ("deposit", (1,), world.underwriter),
        ("withdraw", (1, shop), world.underwriter),
        ("fundPremium", (line, 0, 1), world.shop),
        ("withdrawPremium", (line, 0, 1, shop), world.shop),
        ("repay", (shop, 1), world.shop),
    ]
    locked = artefact("InsurancePool")
    assert {name for name, _ in inside} | {"attach"} == {
        entry["name"]
        for entry in locked.abi
        if entry["type"] == "function" and entry["stateMutability"] == "nonpayable"
    }
    for name, arguments, sender in outside:
        for again, values in inside:
            with world.rollback():
                if name == "repay":
                    world.pay(pool, world.alice, terms)
                token.reenter(pool, pool.encode(again, *values))
                pool.send(name, *arguments, sender=sender)
                assert not token.gotIn(), (name, again)
                reason = world.explain(token.reason()).name
                assert reason == "ReentrancyGuardReentrantCall", (name, again, reason)


def test_pitfall_a_stranger_spoils_a_consumers_claim(world: Guaranteed) -> None:
    """It cannot claim what only evidence could show, nor show anything in the consumer's name; a claim it
    files on what the chain shows is worth as much as the consumer's own."""
    terms = world.buy(world.alice, [(world.pool, 80_000)], custody_bps=2_000, advance=80_000)
    card = world.card_id(world.alice, terms)
    world.wallet(world.alice).terminate(terms, 0, sender=world.alice)
    with raises("Guarantor_NotTriggered", card, FRAUD):
        world.file(world.pool, world.alice, terms, trigger=FRAUD)
    world.pool.attach(card, bytes(32), sender=world.stranger)
    assert world.named("EvidenceAttached")[0].args["by"] == world.stranger.address
    with world.rollback():
        world.runaway()
        world.file(world.pool, world.alice, terms)
        world.advance(days=world.PATIENCE)
        assert world.pay(world.pool, world.alice, terms) == 80_000
    world.file(world.pool, world.alice, terms, trigger=FRAUD, sender=world.alice)
    world.confirm(world.pool, world.alice, terms)
    world.advance(days=world.WAIT + 1)
    assert world.pay(world.pool, world.alice, terms) == 80_000


def test_pitfall_whoever_claims_first_empties_the_pot(world: Guaranteed) -> None:
    """A line that promised twice what it holds: the first to file and the last in the days to file get the
    same, whoever is paid first."""
    line = world.write_line(aggregate=100_000, promised_most=200_000)
    bought = [(who, world.buy(who, [(world.pool, 100_000)])) for who in (world.alice, world.bob)]
    for who, terms in bought:
        world.leave_short(who, terms)
    world.file(world.pool, *bought[0])
    world.confirm(world.pool, *bought[0])
    world.advance(days=world.WAIT)
    with raises("InsurancePool_NotAllotted", line, 0):
        world.pay(world.pool, *bought[0])
    world.file(world.pool, *bought[1])
    world.advance(days=world.VERIFY + 1)
    world.pool.allot(line, 0, 2**256 - 1, 0, 2, sender=world.stranger)
    assert [world.pay(world.pool, who, terms) for who, terms in bought] == [50_000, 50_000]


def test_pitfall_a_consumer_covers_a_card_that_no_merchant_offers(world: Guaranteed) -> None:
    """A friend as payee, all in advance: the money would be back at once, and the shop's failure worth a
    fortune. No guarantor takes such a card, nor one that differs in a single field from what is on sale."""
    offered = everywhere(world)
    limit = [(guarantor, 30_000) for guarantor in guarantors(world)]
    wallet = world.wallet(world.alice)
    world.yuan.approve(wallet, 10**9, sender=world.alice)
    twists: list[dict[str, Any]] = [
        {"payee": world.bob.address},
        {"principal": 100_001},
        {"bonus": 1},
        {"exit_fee_bps": 1},
        {"params1": 1},
        {"form": bytes(31) + b"\x01"},
        {"pledges": limit[:2]},
        {"pledges": limit[::-1]},
    ]
    base: dict[str, Any] = {"custody_bps": 0, "advance": 100_000, "pledges": limit}
    same = world.terms(**base)
    assert same.product_id == offered.product_id
    for twist in twists:
        terms = world.terms(**{**base, **twist})
        with raises("Guarantor_NotOnSale", terms.product_id):
            wallet.openCovered(terms, world.pledges_of(terms), sender=world.alice)
    wallet.openCovered(same, world.pledges_of(same), sender=world.alice)
