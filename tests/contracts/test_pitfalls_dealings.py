"""Ways in which certificates, transfers, covers and tiers could go wrong: docs/pitfalls.md, "Dealings"."""

from __future__ import annotations

from typing import Any

from tests.contracts.craft import ELAPSED, LISTED, RETURN_TOP, TIER, field, push, template, word
from tests.contracts.harness import CLOSED, OPEN, RICH, SHORT, World, calldata, raises
from wallet.terms import ON_CONDITIONS, Terms

REFUSES = 1


def opened(world: World, **fields: Any) -> Terms:
    terms = world.terms(**fields)
    world.open(world.alice, terms)
    return terms


def certified(world: World, **fields: Any) -> Terms:
    """A card whose template releases the list-price total, which only the certifier raises."""
    rules = world.admit(template(field(LISTED), word(0)))
    return opened(world, **{"template": rules, "certifier": world.certifier, **fields})


def test_pitfall_a_certificate_is_used_twice_or_undoes_a_finding(world: World) -> None:
    """The same certificate, an older one, and one from before a finding: each is refused for its reason."""
    terms, wallet, far = certified(world), world.wallet(world.alice), world.now + 10**8
    stated = [world.certificate(world.alice, terms, total, deadline=far) for total in (10_000, 20_000)]
    signed = [world.sign(world.certifier, world.alice, each) for each in stated]
    for message, signature in zip(stated, signed, strict=True):
        wallet.certify(terms, calldata(message), signature)
    for message, signature in zip(stated, signed, strict=True):
        with raises("SubWallet_TotalsNotGrowing"):
            wallet.certify(terms, calldata(message), signature)
    world.find(world.alice, terms, listed=5_000)
    for message, signature in zip(stated, signed, strict=True):
        with raises("SubWallet_EpochVoided"):
            wallet.certify(terms, calldata(message), signature)
    assert world.terminate(world.alice, terms) == 95_000


def test_pitfall_the_merchant_certifies_its_own_work(world: World) -> None:
    """Neither merchant nor payee may be the certifier, whatever releases; nobody else's word counts."""
    for trigger in (0, ON_CONDITIONS):
        for certifier, payee in (
            (world.shop, world.payee),
            (world.payee, world.payee),
            (world.shop, world.shop),
        ):
            numbers = {"trigger": trigger, "accrual": 1_000, "accrual_days": 1}
            with raises("SubWallet_TermsInvalid", "certifier", int(certifier.address, 16)):
                opened(world, certifier=certifier, payee=payee, **numbers)
    terms = certified(world)
    for other in (world.shop, world.payee, world.operator, world.arbiter, world.alice):
        with raises("SubWallet_SignatureInvalid", world.certifier):
            world.certify(world.alice, terms, 100_000, signer=other)
    assert world.terminate(world.alice, terms) == 100_000


def test_pitfall_one_confirmation_fetches_money_again(world: World) -> None:
    """Where a template releases with time, a confirmation that was signed for 100 fen is good for 100 fen."""
    rules = world.admit(template(push(ELAPSED) + b"\x35" + push(100) + b"\x02" + RETURN_TOP, word(0)))
    terms = certified(world, template=rules)
    world.certify(world.alice, terms, 1)
    world.advance(days=1)
    message = world.consumption(world.alice, terms, 1, max_pay=100, deadline=world.now + 10**8)
    signature = world.sign(world.alice, world.alice, message)
    assert world.send_consume(world.alice, terms, message, signature) == 100
    for _ in range(3):
        world.advance(days=30)
        with raises("SubWallet_TotalsNotGrowing"):
            world.send_consume(world.alice, terms, message, signature)
    assert world.balance(world.shop) == 100


def test_pitfall_a_certificate_crosses_an_exit(world: World) -> None:
    """Both orders are clean, and a least refund keeps an exit that came second from paying less."""
    terms, wallet = certified(world), world.wallet(world.alice)
    message = world.certificate(world.alice, terms, 60_000)
    signature = world.sign(world.certifier, world.alice, message)
    with world.rollback():
        assert world.terminate(world.alice, terms, 100_000) == 100_000
        with raises("SubWallet_CardNotOpen", ..., CLOSED):
            wallet.certify(terms, calldata(message), signature)
    wallet.certify(terms, calldata(message), signature)
    with raises("SubWallet_RefundTooLow", 40_000, 100_000):
        world.terminate(world.alice, terms, 100_000)
    assert world.terminate(world.alice, terms, 40_000) == 40_000


def test_pitfall_a_transfer_is_overtaken(world: World) -> None:
    """A charge that comes first makes the refund smaller; without a bound the difference would be pulled from
    the consumer's other money."""
    second = world.account("second shop")
    world.approve_merchant(second)
    old, new = opened(world), world.terms(merchant=second)
    world.yuan.approve(world.wallet(world.alice), RICH, sender=world.alice)
    world.consume(world.alice, old, 70_000)
    with raises("SubWallet_RefundTooLow", 30_000, 100_000):
        world.transfer(world.alice, old, new, 100_000)
    assert world.balance(world.alice) == RICH - 100_000
    assert world.card(world.alice, old).status == OPEN


def test_pitfall_a_transfer_takes_from_the_other_cards(world: World) -> None:
    """Card after card moves on, dearer and cheaper; what the others hold is never touched."""
    wallet, others = world.wallet(world.alice), [opened(world) for _ in range(3)]
    card = opened(world, principal=50_000)
    world.yuan.approve(wallet, RICH, sender=world.alice)
    for price in (1, 999_999, 50_000, 49_999, 50_001, 7):
        following = world.terms(principal=price)
        wallet.transferCard(card, following, [], 0, sender=world.alice)
        assert world.balance(wallet) == 300_000 + price
        card = following
    world.terminate(world.alice, card)
    assert [world.terminate(world.alice, each) for each in others] == [100_000] * 3
    assert (world.balance(world.alice), world.balance(wallet)) == (RICH, 0)


def test_pitfall_a_guarantor_comes_back_in_or_changes_its_mind(world: World) -> None:
    """While it is asked nothing of the wallet can be called; a refusal undoes the whole purchase, whoever
    accepted before; and a refusal afterwards changes nothing."""
    first, second = world.deploy("HostileGuarantor"), world.deploy("HostileGuarantor")
    wallet, other = world.wallet(world.alice), opened(world)
    use = world.consumption(world.alice, other, 100)
    charge = wallet.encode("consume", other, calldata(use), world.sign(world.alice, world.alice, use))
    terms = world.terms(pledges=[(first, 1), (second, 1)], custody_bps=0, advance=100_000)
    second.decide(REFUSES)
    with raises("NotThisOne"):
        world.open(world.alice, terms)
    assert (first.asked(), world.balance(world.shop), world.balance(world.alice)) == (0, 0, RICH - 100_000)
    second.reenter(charge)
    world.open(world.alice, terms)
    assert not second.gotIn()
    assert world.explain(second.reason()).name == "ReentrancyGuardReentrantCall"
    first.decide(REFUSES)
    assert world.terminate(world.alice, terms) == 0
    assert world.card(world.alice, terms)[3::2] == (100_000, SHORT, 0)


def test_pitfall_a_stranger_pays_a_fen_of_a_shortfall(world: World) -> None:
    """A payment of the whole that comes a moment later is refused rather than taken twice."""
    terms, wallet = opened(world, custody_bps=0, advance=100_000), world.wallet(world.alice)
    world.terminate(world.alice, terms)
    world.fund(world.stranger, 1)
    world.yuan.approve(wallet, 1, sender=world.stranger)
    world.yuan.approve(wallet, RICH, sender=world.bob)
    wallet.payShortfall(terms, 1, sender=world.stranger)
    with raises("SubWallet_PaymentUnfit", 100_000, 99_999):
        wallet.payShortfall(terms, 100_000, sender=world.bob)
    wallet.payShortfall(terms, world.card(world.alice, terms).held, sender=world.bob)
    assert (world.balance(world.alice), world.balance(world.bob)) == (RICH, RICH - 99_999)


def test_pitfall_a_tier_is_raised_for_cards_already_sold(world: World) -> None:
    """A card keeps the tier under which it was bought; a lower one counts where the terms say so."""
    by_tier = world.admit(template(push(TIER) + b"\x35" + push(10_000) + b"\x02" + RETURN_TOP, word(0)))
    rungs = {"ladder1": 3_000, "ladder2": 5_000, "ladder3": 7_000}
    world.merchants.setTier(world.shop, 1, sender=world.operator)
    fixed, follows = (opened(world, template=by_tier, ladder_for_all=each, **rungs) for each in (0, 1))
    world.merchants.setTier(world.shop, 3, sender=world.operator)
    for terms in (fixed, follows):
        assert world.consume(world.alice, terms, 1) == 10_000
    world.merchants.setTier(world.shop, 0, sender=world.operator)
    assert [world.consume(world.alice, terms, 2) for terms in (fixed, follows)] == [0, 0]
    assert [world.card(world.alice, terms).released for terms in (fixed, follows)] == [10_000, 10_000]
