"""What an operator, a merchant, a relayer or a stranger could try by position: rows of docs/pitfalls.md."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from tests.contracts.harness import CLOSED, OPEN, OWING, RICH, SHORT, Refused, World, artefact, raises
from wallet.eip712 import ReceiveWithAuthorization, digital_yuan_domain
from wallet.rules.model import Cause
from wallet.terms import COOLING_ORDINARY, LIST, Terms

LAW = {"bonus": 30_000, "consumer_formula": LIST}


def opened(world: World, **fields: Any) -> Terms:
    terms = world.terms(**fields)
    world.open(world.alice, terms)
    return terms


def leave(world: World, terms: Terms, least: int = 0) -> int:
    return int(world.wallet(world.alice).terminate(terms, least, sender=world.alice))


def test_pitfall_permit_front_run(world: World) -> None:
    """A permit used up by somebody else does no harm; an ERC-3009 payment counts only for this purchase, in
    this wallet, sent by it."""
    terms, wallet = world.terms(), world.wallet(world.alice)
    payment = ReceiveWithAuthorization(
        world.alice.address, wallet.address, 100_000, 0, terms.buy_by + 1, world.card_id(world.alice, terms)
    )
    signature = world.alice.sign(payment, digital_yuan_domain(31337, world.yuan.address))
    receive = "receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)"
    for thief in (world.bob, world.shop):
        with raises("ERC20InvalidReceiver", wallet):
            world.yuan.send(receive, *payment.values(), signature, sender=thief)
    with pytest.raises(Refused):
        wallet.openWithAuthorization(world.terms(merchant=world.shop, salt=99), signature)
    wallet.openWithAuthorization(terms, signature, sender=world.bob)
    # A spent permit, the one that everyone sees in the queue, is tested at each way of opening:
    other = world.terms()
    with world.rollback():
        world.open(world.alice, other, "permit")
    world.yuan.approve(wallet, 100_000, sender=world.alice)
    purchase = world.sign(world.alice, world.alice, other)
    wallet.openWithPermit(other, 0, 27, bytes(32), bytes(32), purchase)
    assert world.card(world.alice, other).status == OPEN


def test_pitfall_clone_initialisation_front_run(world: World) -> None:
    """Nothing is initialised; whoever creates a wallet, it is its owner's and at the known address."""
    carol = world.account("carol")
    promised = world.factory.walletOf(carol)
    # Money may wait there before the wallet exists.
    world.yuan.transfer(promised, 77, sender=world.bob)
    assert world.factory.create(carol, sender=world.stranger) == promised
    wallet = world.wallet(carol)
    assert wallet.owner() == carol.address
    assert not [each for each in wallet.interface.functions if "init" in each.lower() or "setOwner" in each]
    with raises("SubWallet_NotConsumer", world.stranger, carol):
        wallet.sweep(world.yuan, [], sender=world.stranger)
    assert wallet.sweep(world.yuan, [], sender=carol) == 77


def test_pitfall_admin_drains(world: World) -> None:
    """Every function that an operator, an issuer or a passer-by can call, tried with money in the wallet: not
    a fen leaves it, and with sales paused in every way there is, the exit pays in full."""
    terms, wallet = opened(world), world.wallet(world.alice)
    id_, everyone = (
        world.card_id(world.alice, terms),
        (world.operator, world.issuer, world.stranger, world.shop),
    )
    calls: list[tuple[Any, str, tuple[Any, ...]]] = [
        (wallet, "open", (terms,)),
        (wallet, "terminate", (terms, 0)),
        (wallet, "settle", (terms,)),
        (wallet, "collect", (terms,)),
        (wallet, "collectTo", (terms, world.operator, 2**40, b"")),
        (wallet, "bumpEpoch", (id_, 1)),
        (wallet, "sweep", (world.yuan, [terms])),
        (world.factory, "create", (world.alice,)),
        (world.templates, "register", (world.stored_value,)),
        (world.catalogue, "registerForm", (bytes(32), "")),
        (world.catalogue, "withdraw", (terms.product_id,)),
        (world.catalogue, "publish", (terms.product(), "")),
        (world.yuan, "transferFrom", (wallet, world.operator, 1)),
        (world.yuan, "transfer", (world.operator, 1)),
        (world.yuan, "mint", (world.operator, 1)),
        (world.yuan, "approve", (world.operator, 1)),
        (world.merchants, "applyToSell", ("", bytes(32))),
        *(
            (world.merchants, name, (world.shop,))
            for name in ("reject", "suspend", "approve", "stop", "close")
        ),
        (world.merchants, "setTier", (world.shop, 3)),
        *(
            (where, name, (bytes(32), world.stranger))
            for where in (world.merchants, world.catalogue)
            for name in ("grantRole", "revokeRole", "renounceRole")
        ),
    ]
    for where, name, arguments in calls:
        for caller in everyone:
            with suppress(Refused):
                where.send(name, *arguments, sender=caller)
            assert world.balance(wallet) == 100_000
            assert world.card(world.alice, terms)[3:6:2] == (100_000, OPEN)
    assert not world.merchants.maySell(world.shop)
    assert leave(world, terms, 100_000) == 100_000


def test_pitfall_a_contract_has_a_function_nobody_thought_of(world: World) -> None:
    """All that changes state, by contract. No upgrade, pause, owner or rescue among them; a new function must
    be added here, and its power thought over."""
    roles = {"grantRole", "revokeRole", "renounceRole"}
    guaranteeing = {"accept", "file", "attach", "confirm", "refuse", "pay", "release", "repay"}
    insuring = {"writeLine", "fundPremium", "withdrawPremium"}
    expected = {
        "SubWallet": {
            "open",
            "openBySig",
            "openWithPermit",
            "openWithAuthorization",
            "openCovered",
            "openCoveredWithAuthorization",
            "consume",
            "consumeMany",
            "redeem",
            "certify",
            "terminate",
            "terminateBySig",
            "settle",
            "collect",
            "collectTo",
            "payShortfall",
            "applyFinding",
            "transferCard",
            "transferCardBySig",
            "bumpEpoch",
            "bumpEpochBySig",
            "sweep",
        },
        "SubWalletFactory": {"create"},
        "TemplateRegistry": {"register"},
        "MerchantRegistry": {"applyToSell", "approve", "reject", "suspend", "stop", "close", "setTier"}
        | roles,
        "ProductCatalogue": {"registerForm", "publish", "withdraw"} | roles,
        "Operators": {"agree", "withdraw", "revoke"},
        "Disputes": {"raise", "refuse", "escalate", "settle", "takeSigned", "concede", "rule"} | roles,
        "InsurancePool": guaranteeing | insuring | {"deposit", "withdraw", "stopLine", "allot"},
        "PlatformAdvance": guaranteeing | {"deposit", "withdraw", "listTemplate", "label"},
        "GuaranteeFund": guaranteeing | {"payIn", "listTemplate"},
        "PartyPool": insuring
        | {"repay", "deposit", "withdraw", "startLine", "endLine"}
        | {"fileLoss", "confirmLoss", "refuseLoss", "payLoss"},
        "CoverBook": {"announce", "admit", "dismiss"},
        "Relay": {"relay"},
        "StoredValue": set(),
        "Sessions": set(),
        "DiscountCard": set(),
        "Period": set(),
        "Milestones": set(),
    }
    for name, functions in expected.items():
        abi = artefact(name).abi
        changing = {
            each["name"]
            for each in abi
            if each["type"] == "function" and each["stateMutability"] not in ("view", "pure")
        }
        assert changing == functions, name
        assert not [each for each in abi if each["type"] in ("receive", "fallback")], name
        assert not [each for each in abi if each.get("stateMutability") == "payable"], name


def test_pitfall_events_that_mislead(world: World) -> None:
    """From the events alone: every card is opened once and ends once, running totals add up to what moved,
    and a refused call leaves none."""
    cards = [world.terms(**LAW, takes_vouchers=1) for _ in range(3)]
    cards.append(world.terms(custody_bps=4_000, advance=60_000))
    seen: list[Any] = []

    def do(step: Any) -> None:
        step()
        seen.extend(world.events)

    for terms in cards:
        do(lambda terms=terms: world.open(world.alice, terms))
    for number, terms in enumerate(cards):
        do(lambda terms=terms: world.consume(world.alice, terms, used=3_000))
        do(lambda terms=terms, number=number: world.consume(world.alice, terms, used=9_000 + number))
    do(lambda: world.redeem(world.alice, cards[0], used=20_000))
    count = len(seen)
    with raises("SubWallet_PaysTooMuch"):
        do(lambda: world.consume(world.alice, cards[1], used=50_000, max_pay=1))
    assert len(seen) == count
    for terms in cards[1:]:
        do(lambda terms=terms: leave(world, terms))
    do(lambda: world.wallet(world.alice).collect(cards[1]))

    for terms in cards:
        id_ = world.card_id(world.alice, terms)
        story = [event for event in seen if event.args.get("card") == id_]
        names = [event.name for event in story]
        assert names[0] == "Opened"
        assert names.count("Opened") == 1
        assert names.count("Closed") == (0 if terms is cards[0] else 1)
        paid = 0
        for event in story:
            paid += event.args.get("paid", 0)
            assert event.args.get("released", paid) == paid
        held = terms.principal - paid
        for event in story:
            if event.name == "Closed":
                held -= event.args["refund"]
                assert held == event.args["toCollect"]
                held += event.args["shortfall"]
            if event.name == "Collected":
                held -= event.args["amount"]
        state = world.card(world.alice, terms)
        assert (state.released, state.held) == (paid, held)
        assert state.status in (OPEN, CLOSED, OWING, SHORT)


def test_pitfall_a_small_charge_spoils_a_cooling_off_exit(world: World) -> None:
    """The least refund and the deadline travel with the exit: overtaken or held back it reverts, and pays
    nothing less. Under the law's own rule use does not end cooling-off at all."""
    fee = {"exit_fee_bps": 1_000, "exit_fee_cap": 10_000}
    strict = opened(world, cooling_days=7, cooling_use=COOLING_ORDINARY, **fee)
    exit_ = world.termination(world.alice, strict, 100_000, deadline=world.now + 600)
    signature = world.sign(world.alice, world.alice, exit_)
    wallet = world.wallet(world.alice)
    with world.rollback():
        # A one-fen charge that was signed before gets in first.
        world.consume(world.alice, strict, used=1)
        with raises("SubWallet_RefundTooLow", 90_000, 100_000):
            wallet.terminateBySig(strict, 100_000, exit_.deadline, signature)
        assert world.card(world.alice, strict).held == 99_999
    with world.rollback():
        world.advance(days=8)
        with raises("SubWallet_DeadlinePassed"):
            wallet.terminateBySig(strict, 100_000, exit_.deadline, signature)
    assert wallet.terminateBySig(strict, 100_000, exit_.deadline, signature) == 100_000
    usual = opened(world, cooling_days=7, **fee)
    world.consume(world.alice, usual, used=1)
    assert leave(world, usual, 99_999) == 99_999
    assert world.named("Closed")[0].args["cause"] == Cause.COOLING_OFF


def test_pitfall_the_operator_backdates_withholds_or_withdraws_a_stop(world: World) -> None:
    """A stop is dated when it is said, by the merchant too; a later approval takes nothing from the cards
    open then; tiers release nothing; and whatever is said, the consumer gets no less than before."""
    terms = opened(world, **LAW, ladder1=5_000, ladder3=10_000)
    world.consume(world.alice, terms, used=3_000)
    quote = world.wallet(world.alice).quote
    assert quote(terms) == (97_000, Cause.CONSUMER)
    for tier in (1, 3, 0):
        world.merchants.setTier(world.shop, tier, sender=world.operator)
        assert quote(terms) == (97_000, Cause.CONSUMER)
        with raises("SubWallet_NothingDue"):
            world.wallet(world.alice).settle(terms, sender=world.operator)
    world.advance(days=3)
    # Withheld by the operator, the merchant's own word is enough.
    world.merchants.stop(world.shop, sender=world.shop)
    said = world.now
    assert world.merchants.stoppedSince(world.shop, terms.buy_by - 30 * 86_400) == said
    assert quote(terms) == (97_693, Cause.NOT_CONSUMER)
    # Withdrawn: said again, approved again, closed: the first stop stays.
    for say in ("approve", "suspend", "approve", "stop", "approve", "close"):
        world.advance(days=1)
        world.merchants.send(say, world.shop, sender=world.operator)
        assert world.merchants.stoppedSince(world.shop, said - 86_400) == said
        assert quote(terms) == (97_693, Cause.NOT_CONSUMER)
    assert leave(world, terms) == 97_693


def test_pitfall_strangers_end_cards_during_a_suspension(world: World) -> None:
    """Settling needs expiry, a stop or an accrual that the terms state; a suspension is none of them."""
    terms = opened(world, **LAW, refund_on_closure=1, accrual=0)
    world.merchants.suspend(world.shop, sender=world.operator)
    for caller in (world.stranger, world.shop, world.operator, world.bob):
        world.advance(days=100)
        with raises("SubWallet_NothingDue"):
            world.wallet(world.alice).settle(terms, sender=caller)
        with raises("SubWallet_NotConsumer"):
            world.wallet(world.alice).terminate(terms, 0, sender=caller)
    assert world.consume(world.alice, terms, used=130) == 100
    assert leave(world, terms) == 99_870


def test_pitfall_terms_known_only_to_a_wallet_that_was_lost(world: World) -> None:
    """`Opened` holds all twelve words: from it alone the card is found again and ended."""
    opened(world, **LAW, payee=world.payee, params0=5, params1=2**255, cooling_days=7, declared=1)
    event = world.named("Opened")[0]
    terms = Terms(*event.args["terms"])
    assert terms.card_id(world.domain(world.alice)) == event.args["card"]
    assert leave(world, terms) == 100_000
    assert world.balance(world.alice) == RICH


def test_pitfall_a_wallet_that_is_not_ours(world: World) -> None:
    """A clone made elsewhere has another address than the factory derives for its owner."""
    other = World()
    fake = other.deploy("SubWallet", other.templates, other.merchants, other.disputes)
    twin = world.deploy("SubWalletFactory", world.implementation)
    forged = twin.create(world.alice)
    claims = world.at(forged, artefact("SubWallet"))
    assert claims.owner() == world.alice.address
    assert world.factory.walletOf(claims.owner()) != forged
    assert fake.owner() != world.alice.address


def test_pitfall_anyone_opens_cards_with_a_token_of_their_own(world: World) -> None:
    """A token that asks for nobody's signature opens nothing: no card, no event, no longer list to sweep."""
    token, wallet = world.deploy("HostileToken"), world.wallet(world.alice)
    token.mint(world.alice, 10**6)
    for salt in range(3):
        terms = world.terms(token=token, principal=1, salt=salt)
        with raises("SubWallet_SignatureInvalid", world.alice):
            wallet.openWithAuthorization(terms, bytes(65), sender=world.stranger)
    assert wallet.openedCount() == 0
    assert wallet.sweep(world.yuan, [], sender=world.alice) == 0


def test_pitfall_an_application_is_changed_just_before_approval(world: World) -> None:
    """What an operator approves is what it has looked at."""
    merchant = world.account("quick-change")
    world.merchants.applyToSell("clinic", b"\x01" * 32, sender=merchant)
    with raises("MerchantRegistry_WrongStatus", merchant):
        world.merchants.applyToSell("clinic", b"\x02" * 32, sender=merchant)
    world.merchants.approve(merchant, sender=world.operator)
    assert world.merchants.licenceOf(merchant) == b"\x01" * 32


def test_pitfall_one_wallet_in_a_batch_costs_the_others(world: World) -> None:
    """Whatever it answers, one call costs its own gas and little more, and the next ones are served."""
    hostile, each = world.deploy("HostileWallet"), 300_000
    tricks = [hostile.encode("flood", 300_000), hostile.encode("burnGas"), hostile.encode("failLong", 20_000)]
    messages = [*tricks * 3, hostile.encode("serve")]
    done = world.relay.relay([hostile] * 10, messages, each)
    assert done == (True, False, False) * 3 + (True,)
    assert world.evm.result.gas_used < 10 * (each + 10_000) + 50_000
    assert hostile.served() == 1
