"""Known ways in which money was lost, trapped or miscounted elsewhere: rows of docs/pitfalls.md."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.contracts.craft import OBEDIENT
from tests.contracts.harness import CLOSED, OPEN, OWING, RICH, SHORT, Contract, Refused, World, raises
from wallet.eip712 import ReceiveWithAuthorization, keccak256
from wallet.rules.model import Cause
from wallet.terms import LIST, RATIO, Terms

NOTHING, SAYS_NO, SILENT, FEE, LIES, REVERTS, _, REENTERS, NOTIFIES, BURNS = range(10)


@pytest.fixture
def token(world: World) -> Contract:
    """A token that behaves until told otherwise; Alice has some and her wallet may take it."""
    made = world.deploy("HostileToken")
    made.mint(world.alice, RICH)
    made.approve(world.wallet(world.alice), RICH, sender=world.alice)
    return made


def opened(world: World, **fields: Any) -> Terms:
    terms = world.terms(**fields)
    if terms.token == world.yuan.address:
        world.open(world.alice, terms)
    else:
        world.wallet(world.alice).open(terms, sender=world.alice)
    return terms


def leave(world: World, terms: Terms, least: int = 0) -> int:
    return int(world.wallet(world.alice).terminate(terms, least, sender=world.alice))


def test_pitfall_terminate_against_consume(world: World) -> None:
    """Whichever is mined first counts: a signed charge is not money yet, and an exit is never half done."""
    terms = opened(world)
    use = world.consumption(world.alice, terms, 30)
    using = world.sign(world.alice, world.alice, use)
    with world.rollback():
        world.send_consume(world.alice, terms, use, using)
        assert leave(world, terms) == 99_970
    with world.rollback():
        assert leave(world, terms) == 100_000
        with raises("SubWallet_CardNotOpen", ..., CLOSED):
            world.send_consume(world.alice, terms, use, using)
    assert world.card(world.alice, terms).status == OPEN


def test_pitfall_the_merchant_delays_or_blocks_the_exit(world: World, token: Contract) -> None:
    """It refuses money, stops, closes: the consumer gets everything at once, in one transaction."""
    merchant = world.deploy("HostileMerchant")
    merchant.execute(world.merchants, world.merchants.encode("applyToSell", "m", bytes(32)))
    world.merchants.approve(merchant, sender=world.operator)
    terms = opened(world, token=token, merchant=merchant, bonus=30_000, consumer_formula=LIST)
    world.consume(world.alice, terms, used=3_000)
    token.play(NOTIFIES)
    merchant.refuse(True)
    merchant.execute(world.merchants, world.merchants.encode("stop", merchant))
    merchant.execute(world.merchants, world.merchants.encode("close", merchant))
    # It can refuse charges, to its own harm; the exit it cannot.
    before = world.balance(world.alice, token)
    assert leave(world, terms, 97_693) == 97_693
    assert world.balance(world.alice, token) == before + 97_693


def test_pitfall_a_blacklisted_or_reverting_recipient_traps_money(world: World, token: Contract) -> None:
    """The payee's share waits, and goes elsewhere by the payee's word; the consumer's comes at once."""
    law = {"bonus": 30_000, "consumer_formula": LIST, "payee": world.payee}
    terms, wallet = opened(world, token=token, **law), world.wallet(world.alice)
    world.consume(world.alice, terms, used=3_000)
    token.ban(world.payee)
    with raises("Refused"):
        world.consume(world.alice, terms, used=6_000)
    assert leave(world, terms) == 97_000
    assert world.card(world.alice, terms)[3:6:2] == (693, OWING)
    with raises("Refused"):
        wallet.collect(terms)
    assert wallet.collectTo(terms, world.bob, 0, b"", sender=world.payee) == 693
    assert world.balance(world.bob, token) == 693


def test_pitfall_a_blacklisted_consumer_loses_nothing(world: World, token: Contract) -> None:
    """While the token refuses its owner the card stays open as it was; afterwards the exit works."""
    terms = opened(world, token=token)
    token.ban(world.alice)
    with raises("Refused"):
        leave(world, terms)
    assert world.card(world.alice, terms)[3:6:2] == (100_000, OPEN)
    token.play(NOTHING)
    assert leave(world, terms) == 100_000


def test_pitfall_token_oddities(world: World, token: Contract) -> None:
    """Returns false, returns nothing, takes a fee, lies about balances, reverts, has no code."""
    expected: dict[int, tuple[Any, ...]] = {
        SAYS_NO: ("SafeERC20FailedOperation", token),
        FEE: ("SubWallet_TokenDeliveredWrongly", token, 100_000, 99_999),
        LIES: ("Panic", 0x11),
        REVERTS: ("Refused",),
    }
    for trick, refusal in expected.items():
        token.play(trick)
        terms = world.terms(token=token)
        with raises(*refusal):
            world.wallet(world.alice).open(terms, sender=world.alice)
    with raises("SubWallet_TokenHasNoCode", world.bob):
        opened(world, token=world.bob)
    assert world.wallet(world.alice).openedCount() == 0
    token.play(SILENT)
    terms = opened(world, token=token)
    assert world.consume(world.alice, terms, used=10) == 10
    assert leave(world, terms) == 99_990


def test_pitfall_a_token_that_turns_bad_harms_only_its_own_cards(world: World, token: Contract) -> None:
    """Cards in honest money go on whatever the token does, and its own card ends only when it really pays."""
    bad, good = opened(world, token=token), opened(world)
    for trick in (SAYS_NO, REVERTS, BURNS):
        token.play(trick)
        with pytest.raises(Refused):
            leave(world, bad)
        assert world.card(world.alice, bad)[3:6:2] == (100_000, OPEN)
        with world.rollback():
            assert world.consume(world.alice, good, used=10) == 10
            assert leave(world, good) == 99_990
    token.play(LIES)
    leave(world, bad)
    assert world.balance(world.wallet(world.alice)) == 100_000
    assert leave(world, good) == 100_000


def test_pitfall_reentrancy_through_every_selector(world: World, token: Contract) -> None:
    """Whenever the token is called it calls back every function that changes state, with valid arguments:
    each is stopped by the guard."""
    wallet = world.wallet(world.alice)
    greedy = {"template": world.admit(OBEDIENT), "params0": 50, "accrual": 50, "accrual_days": 1}
    terms, ended = opened(world, token=token, takes_vouchers=1, **greedy), owing(world, token)
    fresh, until = world.terms(), world.now + 10 * 86_400
    id_ = world.card_id(world.alice, terms)
    use = world.consumption(world.alice, terms, 9, deadline=until)
    using = world.sign(world.alice, world.alice, use)
    voucher = world.voucher(world.alice, terms, 9, deadline=until)
    leaving = world.termination(world.alice, terms, deadline=until)
    cover = [(world.deploy("HostileGuarantor"), 1)]
    covered, onward = world.terms(pledges=cover), world.terms(token=token)
    cards = sorted([terms, ended], key=lambda each: world.card_id(world.alice, each))
    inner: dict[str, tuple[Any, ...]] = {
        "open": (fresh,),
        "openBySig": (fresh, world.sign(world.alice, world.alice, fresh)),
        "openWithPermit": (fresh, 0, 27, bytes(32), bytes(32), world.sign(world.alice, world.alice, fresh)),
        "openWithAuthorization": (fresh, world.sign_authorization(world.alice, world.alice, fresh)),
        "openCovered": (covered, cover),
        "openCoveredWithAuthorization": (covered, cover, b""),
        "consume": (terms, use.values()[1:], using),
        "consumeMany": (terms, [use.values()[1:]], [using]),
        "redeem": (terms, voucher.values()[1:], world.sign(world.alice, world.alice, voucher)),
        "certify": (terms, (1, 1, bytes(32), until, 0), b""),
        "terminate": (terms, 0),
        "terminateBySig": (terms, 0, until, world.sign(world.alice, world.alice, leaving)),
        "settle": (terms,),
        "collect": (ended,),
        "collectTo": (ended, world.bob, until, b""),
        "payShortfall": (ended, 1),
        "applyFinding": (terms,),
        "transferCard": (terms, onward, [], 0),
        "transferCardBySig": (terms, onward, [], 0, until, b""),
        "bumpEpoch": (id_, 1),
        "bumpEpochBySig": (id_, 1, until, b""),
        "sweep": (token, cards),
    }
    assert set(inner) == {each.name for each in wallet.interface.functions.values() if not each.view}
    outer: dict[str, Any] = {
        "open": lambda: wallet.open(world.terms(token=token), sender=world.alice),
        "openWithAuthorization": lambda: authorize(world, token, world.terms(token=token)),
        "consume": lambda: world.consume(world.alice, terms, used=5, deadline=until),
        "redeem": lambda: world.redeem(world.alice, terms, used=5, deadline=until),
        "terminate": lambda: leave(world, terms),
        "transferCard": lambda: wallet.transferCard(terms, onward, [], 0, sender=world.alice),
        "settle": lambda: wallet.settle(terms),
        "collect": lambda: wallet.collect(ended),
        "sweep": lambda: wallet.sweep(token, cards, sender=world.alice),
    }
    world.advance(days=2)
    for start in outer.values():
        for name, arguments in inner.items():
            with world.rollback():
                token.reenter(wallet, wallet.encode(name, *arguments))
                start()
                assert not token.gotIn()
                assert world.explain(token.reason()).name == "ReentrancyGuardReentrantCall"


def authorize(world: World, token: Contract, terms: Terms) -> None:
    """Open with a payment signed under whatever domain the token claims."""
    wallet, id_ = world.wallet(world.alice), world.card_id(world.alice, terms)
    payment = ReceiveWithAuthorization(
        world.alice.address, wallet.address, terms.principal, 0, terms.buy_by + 1, id_
    )
    digest = keccak256(b"\x19\x01" + token.DOMAIN_SEPARATOR() + payment.struct_hash())
    wallet.openWithAuthorization(terms, world.alice.sign_digest(digest))


def owing(world: World, token: Contract) -> Terms:
    """A card that ended owing its merchant 693."""
    terms = opened(world, token=token, bonus=30_000, consumer_formula=LIST)
    world.consume(world.alice, terms, used=3_000)
    leave(world, terms)
    return terms


def test_pitfall_several_draws_together_exceed_the_payment(world: World) -> None:
    """However often and greedily one card is drawn on, the other cards' money in the same wallet stays."""
    greedy = world.admit(OBEDIENT)
    others = [opened(world) for _ in range(3)]
    terms = opened(
        world, template=greedy, params0=2**256 - 1, takes_vouchers=1, accrual=2**48 - 1, accrual_days=1
    )
    paid = world.consume(world.alice, terms, used=1)
    paid += world.redeem(world.alice, terms, used=2)
    world.advance(days=9)
    with raises("SubWallet_NothingDue"):
        world.wallet(world.alice).settle(terms)
    assert (paid, leave(world, terms)) == (100_000, 0)
    assert world.balance(world.wallet(world.alice)) == 300_000
    for each in others:
        assert leave(world, each) == 100_000
    assert world.balance(world.wallet(world.alice)) == 0


def test_pitfall_donation_breaks_equality_checks(world: World) -> None:
    """Money sent unasked, before, between and after, changes no card; its owner gets it back by a sweep."""
    wallet = world.wallet(world.alice)
    world.yuan.transfer(wallet, 11, sender=world.bob)
    for via in ("open", "sig", "permit", "authorization"):
        with world.rollback():
            world.open(world.alice, world.terms(), via)
    terms = opened(world)
    world.yuan.transfer(wallet, 22, sender=world.bob)
    assert world.consume(world.alice, terms, used=10) == 10
    assert leave(world, terms) == 99_990
    assert wallet.sweep(world.yuan, [terms], sender=world.alice) == 33


def test_pitfall_rounding_lets_splitting_evade_or_leaves_dust(world: World) -> None:
    """However a card is spent, the merchant gets the same in all and the last charge takes the remainder."""
    random = Random(11)
    for steps in (1, 2, 7, 60):
        terms = opened(world, principal=99_991, bonus=30_011)
        cuts = sorted(random.sample(range(1, 130_002), steps - 1))
        before = world.balance(world.shop)
        half = 0
        for used in [*cuts, 130_002]:
            world.consume(world.alice, terms, used=used)
            half = world.card(world.alice, terms).released
            assert half == 99_991 * used // 130_002
        assert world.balance(world.shop) - before == half == 99_991
        assert world.card(world.alice, terms).held == 0


def test_pitfall_zero_or_dust_amounts_and_free_form_bytes(world: World) -> None:
    """No card and no use of nothing; the only bytes anyone may append are signatures."""
    with raises("SubWallet_TermsInvalid", "principal", 0):
        world.open(world.alice, Terms(**{**as_words(world.terms()), "amounts": 0}))
    terms = opened(world, principal=1)
    with raises("SubWallet_TotalsNotGrowing"):
        world.consume(world.alice, terms, used=0)
    assert world.consume(world.alice, terms, used=1) == 1
    assert (leave(world, terms), world.events[-1].name) == (0, "Closed")
    abi = world.wallet(world.alice).interface.functions.values()
    loose = {
        each.name
        for each in abi
        if "bytes)" in each.inputs or "bytes," in each.inputs or "string" in each.inputs
    }
    assert loose == {
        "openBySig",
        "openWithPermit",
        "openWithAuthorization",
        "openCoveredWithAuthorization",
        "consume",
        "redeem",
        "certify",
        "terminateBySig",
        "collectTo",
        "transferCardBySig",
        "bumpEpochBySig",
    }


def as_words(terms: Terms) -> dict[str, Any]:
    return {name: getattr(terms, name) for name, _ in Terms.SCHEMA.fields}


def test_pitfall_two_submitters_race(world: World) -> None:
    """The second finds it done and is told so by name; nothing moves twice."""
    terms, wallet = world.terms(bonus=30_000, consumer_formula=LIST), world.wallet(world.alice)
    for via in ("sig", "permit", "authorization"):
        if via == "sig":
            world.open(world.alice, terms, via)
        with raises("SubWallet_CardExists"):
            world.open(world.alice, terms, via, sender=world.bob)
    use = world.consumption(world.alice, terms, 3_000)
    using = world.sign(world.alice, world.alice, use)
    world.send_consume(world.alice, terms, use, using, sender=world.shop)
    with raises("SubWallet_TotalsNotGrowing"):
        world.send_consume(world.alice, terms, use, using, sender=world.bob)
    leaving = world.termination(world.alice, terms)
    arguments = (terms, 0, leaving.deadline, world.sign(world.alice, world.alice, leaving))
    wallet.terminateBySig(*arguments, sender=world.shop)
    with raises("SubWallet_CardNotOpen", ..., OWING):
        wallet.terminateBySig(*arguments, sender=world.bob)
    with raises("SubWallet_CardNotOpen", ..., OWING):
        leave(world, terms)
    wallet.collect(terms, sender=world.shop)
    with raises("SubWallet_NothingToCollect", ..., CLOSED):
        wallet.collect(terms, sender=world.bob)
    assert world.balance(world.alice) == RICH - 3_000
    assert world.balance(world.shop) == 3_000


def test_pitfall_settling_bonus_cards_principal_first(world: World) -> None:
    """Releasing at list price leaves full custody short of a merchant-cause refund by use · bonus / face;
    releasing by ratio never does."""
    for settlement, shortfall in ((LIST, 65_000 * 30_000 // 130_000), (RATIO, 0)):
        terms = opened(world, bonus=30_000, settlement_formula=settlement, consumer_formula=LIST)
        world.consume(world.alice, terms, used=65_000)
        with world.rollback():
            world.merchants.stop(world.shop, sender=world.shop)
            assert leave(world, terms) == 50_000 - shortfall
            assert world.named("Closed")[0].args["cause"] == Cause.NOT_CONSUMER
            assert world.named("Closed")[0].args["shortfall"] == shortfall
            assert world.card(world.alice, terms).status == (SHORT if shortfall else CLOSED)
