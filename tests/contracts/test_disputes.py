"""A complaint from the merchant to an arbiter, and what is found: `disputes.tree`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pytest

from tests.contracts.harness import Account, Contract, Refused, World, artefact, raises
from wallet.eip712 import DisputeStep
from wallet.terms import Terms

NONE, NEGOTIATING, REFUSED, ESCALATED, RULED, SETTLED = range(6)
RELOCATION, MOVED, UNAVAILABLE, HEALTH, CIRCUMSTANCES, PRICE, OTHER = range(7)
AUTHORITY, ASSOCIATION = range(2)
ANY = 2**256 - 1
DAYS = 7
REASON, ANSWER, RULING = (bytes([byte]) * 32 for byte in (7, 8, 9))


@dataclass
class Case:
    """One card of alice's, its disputes, and whoever speaks."""

    world: World
    disputes: Contract
    arbiter: Any
    terms: Terms
    said: list[Any] = field(default_factory=list)

    @property
    def card(self) -> tuple[Any, bytes]:
        return self.world.wallet(self.world.alice), self.world.card_id(self.world.alice, self.terms)

    @property
    def key(self) -> tuple[Any, Terms]:
        return self.card[0], self.terms

    def step(self) -> int:
        return int(self.disputes.disputeOf(*self.card)[0])

    def upheld(self) -> bool:
        return bool(self.disputes.disputeOf(*self.card)[3])

    def finding(self) -> tuple[bool, int, int, int]:
        return tuple(self.disputes.findingOf(*self.card))

    def raise_(self, ground: int = HEALTH, sender: Any = None) -> None:
        self.disputes.send("raise", *self.key, ground, REASON, sender=sender or self.world.alice)

    def refuse(self, sender: Any = None) -> None:
        self.disputes.refuse(*self.key, ANSWER, sender=sender or self.world.shop)

    def escalate(self, forum: int = ASSOCIATION, sender: Any = None) -> None:
        self.disputes.escalate(*self.key, forum, sender=sender or self.world.alice)

    def settle(self, sender: Any = None) -> None:
        self.disputes.settle(*self.key, sender=sender or self.world.alice)

    def concede(self, not_consumer: bool = True, listed: int = ANY, sender: Any = None) -> None:
        self.disputes.concede(*self.key, not_consumer, listed, sender=sender or self.world.shop)

    def rule(self, not_consumer: bool = True, listed: int = ANY, sender: Any = None) -> None:
        self.disputes.rule(*self.key, not_consumer, listed, RULING, sender=sender or self.arbiter)

    def signed(self, step: int, what: int = 0, round_: int = 1, **fields: Any) -> DisputeStep:
        base = {"reason": REASON if step == NEGOTIATING else bytes(32), "deadline": self.world.now + 3600}
        return DisputeStep(
            **{"card": self.card[1], "step": step, "what": what, "round": round_, **base, **fields}
        )

    def carry(self, message: DisputeStep, signer: Any = None, signature: bytes = b"") -> None:
        """Anyone takes it there."""
        signature = signature or self.world.sign(signer or self.world.alice, self.world.alice, message)
        self.disputes.takeSigned(*self.key, message.values()[1:], signature, sender=self.world.stranger)

    def escalated(self) -> None:
        self.raise_()
        self.refuse()
        self.escalate()


@pytest.fixture
def case(world: World) -> Case:
    arbiter, terms = world.account("arbiter"), world.terms()
    world.open(world.alice, terms)
    return Case(world, world.deploy("Disputes", world.operator, arbiter, DAYS), arbiter, terms)


# ---------------------------------------------------------------------------------------------------- raising


def test_raise_puts_the_dispute_before_the_merchant_and_dates_it(case: Case) -> None:
    case.world.advance(3600)
    case.raise_(MOVED)
    now = case.world.now
    assert case.disputes.disputeOf(*case.card) == (NEGOTIATING, MOVED, 0, False, 1, now, now, REASON)
    wallet, card = case.card
    assert case.world.named("DisputeRaised")[0].args == {
        "wallet": wallet.address,
        "card": card,
        "merchant": case.world.shop.address,
        "ground": MOVED,
        "reason": REASON,
        "round": 1,
    }


def test_raise_keeps_no_word_of_the_complaint(case: Case) -> None:
    """What is complained of may be a matter of health: a hash of fixed size is all that it takes."""
    inputs = {each.name: each.inputs for each in case.disputes.interface.functions.values() if not each.view}
    assert [name for name, kinds in inputs.items() if "string" in kinds or "bytes," in kinds] == []
    assert inputs["raise"].endswith(",uint8,bytes32)")


def test_raise_reverts_for_anyone_but_the_consumer_of_the_card(case: Case) -> None:
    for other in (case.world.bob, case.world.shop, case.arbiter, case.world.operator):
        with raises("Disputes_NotConsumer", other, case.world.alice):
            case.raise_(sender=other)


def test_raise_reverts_for_a_card_that_was_never_opened_there(case: Case) -> None:
    terms, wallet = case.world.terms(), case.world.wallet(case.world.alice)
    with raises("Disputes_CardUnknown", wallet, case.world.card_id(case.world.alice, terms)):
        case.disputes.send("raise", wallet, terms, HEALTH, REASON, sender=case.world.alice)
    with raises("Disputes_CardUnknown"):
        case.disputes.concede(wallet, terms, True, ANY, sender=case.world.shop)


def test_raise_reverts_while_another_dispute_is_under_way(case: Case) -> None:
    for begin, step in ((case.raise_, NEGOTIATING), (case.refuse, REFUSED), (case.escalate, ESCALATED)):
        begin()
        with raises("Disputes_WrongStep", case.card[1], step):
            case.raise_()


def test_raise_may_follow_a_ruling_or_a_settlement_and_is_counted(case: Case) -> None:
    case.escalated()
    case.rule(False)
    case.raise_(PRICE)
    case.settle()
    case.world.wallet(case.world.alice).terminate(case.terms, 0, sender=case.world.alice)
    case.raise_(OTHER)
    assert case.disputes.disputeOf(*case.card)[1:5] == (OTHER, ASSOCIATION, False, 3)


# ---------------------------------------------------------------------------------------- the merchant's turn


def test_refuse_is_the_merchants_alone(case: Case) -> None:
    case.raise_()
    for other in (case.world.alice, case.arbiter, case.world.operator, case.world.payee):
        with raises("Disputes_NotMerchant", other, case.world.shop):
            case.refuse(sender=other)
    case.refuse()
    assert case.step() == REFUSED
    assert case.world.named("DisputeRefused")[0].args["answer"] == ANSWER


def test_refuse_reverts_unless_it_is_the_merchants_turn(case: Case) -> None:
    with raises("Disputes_WrongStep", case.card[1], NONE):
        case.refuse()
    case.escalated()
    with raises("Disputes_WrongStep", case.card[1], ESCALATED):
        case.refuse()


# ------------------------------------------------------------------------------------------------- escalating


def test_escalate_follows_a_refusal_at_once(case: Case) -> None:
    case.raise_()
    case.refuse()
    case.escalate(AUTHORITY)
    assert case.step() == ESCALATED
    assert case.world.named("DisputeEscalated")[0].args["forum"] == AUTHORITY


def test_escalate_is_possible_once_the_merchants_days_are_over_and_not_before(case: Case) -> None:
    """The day of the complaint is not counted, the last one ends at 24:00 in UTC+8."""
    case.raise_()
    midnight = 86_400 - (case.world.now + 8 * 3600) % 86_400
    with raises("Disputes_MerchantNotHeard", case.card[1], DAYS):
        case.escalate()
    case.world.advance(midnight + DAYS * 86_400 - 1)
    with raises("Disputes_MerchantNotHeard", case.card[1], 0):
        case.escalate()
    case.world.advance(1)
    case.escalate()
    assert case.step() == ESCALATED


def test_escalate_reverts_if_nothing_was_raised_with_the_merchant(case: Case) -> None:
    with raises("Disputes_NotRaised", case.card[1]):
        case.escalate()


def test_escalate_reverts_after_it_was_done_or_ruled_on(case: Case) -> None:
    case.escalated()
    with raises("Disputes_WrongStep", case.card[1], ESCALATED):
        case.escalate()
    case.rule()
    with raises("Disputes_WrongStep", case.card[1], RULED):
        case.escalate()


def test_escalate_reverts_for_anyone_but_the_consumer_of_the_card(case: Case) -> None:
    case.raise_()
    case.refuse()
    for other in (case.world.shop, case.arbiter, case.world.stranger):
        with raises("Disputes_NotConsumer", other, case.world.alice):
            case.escalate(sender=other)


# --------------------------------------------------------------------------------------------------- settling


def test_settle_ends_a_dispute_that_is_not_yet_ruled_on(case: Case) -> None:
    for begin in (case.raise_, lambda: (case.raise_(), case.refuse()), case.escalated):
        begin()
        case.settle()
        assert case.step() == SETTLED


def test_settle_reverts_where_there_is_nothing_to_settle(case: Case) -> None:
    with raises("Disputes_WrongStep", case.card[1], NONE):
        case.settle()
    case.escalated()
    case.rule()
    with raises("Disputes_WrongStep", case.card[1], RULED):
        case.settle()


def test_settle_loses_nothing_that_was_conceded(case: Case) -> None:
    case.raise_()
    case.concede(True, 700)
    case.settle()
    assert case.finding()[:2] == (True, 700)


def test_settle_reverts_for_anyone_but_the_consumer_of_the_card(case: Case) -> None:
    case.raise_()
    for other in (case.world.shop, case.arbiter):
        with raises("Disputes_NotConsumer", other, case.world.alice):
            case.settle(sender=other)


# ------------------------------------------------------------------------------------- signed by the consumer


def test_take_signed_takes_each_step_of_the_consumer_for_anyone_who_carries_it(case: Case) -> None:
    case.carry(case.signed(NEGOTIATING, HEALTH))
    assert case.disputes.disputeOf(*case.card)[:2] == (NEGOTIATING, HEALTH)
    assert case.world.named("DisputeRaised")[0].args["reason"] == REASON
    with raises("Disputes_MerchantNotHeard", case.card[1], DAYS):
        case.carry(case.signed(ESCALATED, AUTHORITY))
    case.refuse()
    case.carry(case.signed(ESCALATED, ASSOCIATION))
    assert case.disputes.disputeOf(*case.card)[2] == ASSOCIATION
    case.carry(case.signed(SETTLED))
    assert case.step() == SETTLED
    for step in (NONE, REFUSED, RULED):
        with raises("Disputes_WrongStep", case.card[1], step):
            case.carry(case.signed(step))


def test_take_signed_serves_once_and_not_in_a_later_dispute(case: Case) -> None:
    raising, settling = case.signed(NEGOTIATING, HEALTH), case.signed(SETTLED)
    case.carry(raising)
    with raises("Disputes_WrongStep", case.card[1], NEGOTIATING):
        case.carry(raising)
    case.carry(settling)
    with raises("Disputes_RoundPassed", case.card[1], 1, 2):
        case.carry(raising)
    case.raise_()
    with raises("Disputes_RoundPassed", case.card[1], 1, 2):
        case.carry(settling)


def test_take_signed_counts_until_the_last_second_and_no_longer(case: Case) -> None:
    message = case.signed(NEGOTIATING, PRICE, deadline=case.world.now + 10)
    case.world.advance(11)
    with raises("Disputes_DeadlinePassed", message.deadline, case.world.now):
        case.carry(message)
    message = case.signed(NEGOTIATING, PRICE, deadline=case.world.now)
    case.carry(message)


def test_take_signed_is_for_one_wallet_and_one_chain(case: Case) -> None:
    message = case.signed(NEGOTIATING, HEALTH)
    here = case.world.domain(case.world.alice)
    elsewhere = (replace(here, chain_id=1), case.world.domain(case.world.bob))
    for domain in elsewhere:
        with raises("Disputes_SignatureInvalid"):
            case.carry(message, signature=case.world.alice.sign(message, domain))


def test_take_signed_reverts_for_a_signature_of_anybody_else(case: Case) -> None:
    message = case.signed(NEGOTIATING, HEALTH)
    digest = message.digest(case.world.domain(case.world.alice))
    for other in (case.world.shop, case.arbiter, case.world.bob):
        with raises("Disputes_SignatureInvalid", case.world.alice, digest):
            case.carry(message, signer=other)
    changed = replace(message, what=PRICE)
    with raises("Disputes_SignatureInvalid"):
        case.carry(changed, signature=case.world.sign(case.world.alice, case.world.alice, message))


def test_take_signed_takes_the_signature_of_a_contract_that_owns_the_wallet(case: Case) -> None:
    world, key = case.world, case.world.account("key")
    owner = world.deploy("RecoverableOwner", key, world.stranger)
    holder = Account("key", address=owner.address)
    world.fund(holder)
    terms = world.terms()
    domain, wallet = world.domain(holder), world.wallet(holder)
    payment = world.sign_authorization(key, holder, terms)
    card = wallet.openWithAuthorization(terms, payment)
    message = replace(case.signed(NEGOTIATING, HEALTH), card=card)
    signature = key.sign(message, domain)
    case.disputes.takeSigned(wallet, terms, message.values()[1:], signature, sender=world.stranger)
    assert case.disputes.disputeOf(wallet, card)[0] == NEGOTIATING


# -------------------------------------------------------------------------------------------------- conceding


def test_concede_needs_no_dispute(case: Case) -> None:
    """A gift that came back: the merchant says so, and the list-price total falls."""
    case.concede(False, 300)
    assert case.finding() == (False, 300, 0, case.world.now)
    assert case.step() == NONE
    assert case.world.named("Found")[0].args["by"] == case.world.shop.address


def test_concede_leaves_the_dispute_for_the_consumer_to_settle(case: Case) -> None:
    """Otherwise one fen conceded would end the dispute."""
    case.raise_()
    case.concede(False, 99_999)
    assert case.step() == NEGOTIATING
    case.refuse()
    case.concede(False, 99_998)
    case.escalate()
    assert case.step() == ESCALATED


def test_concede_reverts_if_nothing_is_conceded(case: Case) -> None:
    for listed in (ANY, 2**48 - 1):
        with raises("Disputes_NothingConceded", case.card[1]):
            case.concede(False, listed)


def test_concede_reverts_for_anyone_but_the_merchant_of_the_card(case: Case) -> None:
    for other in (case.world.alice, case.world.payee, case.arbiter, case.world.operator):
        with raises("Disputes_NotMerchant", other, case.world.shop):
            case.concede(sender=other)


# ----------------------------------------------------------------------------------------------------- ruling


def test_rule_finds_for_the_consumer(case: Case) -> None:
    case.escalated()
    case.world.advance(days=2)
    case.rule(True, 5_000)
    assert case.finding() == (True, 5_000, 0, case.world.now)
    assert case.step() == RULED
    assert case.world.named("DisputeRuled")[0].args["ruling"] == RULING
    assert case.world.named("Found")[0].args["by"] == case.arbiter.address


def test_rule_may_find_nothing(case: Case) -> None:
    case.escalated()
    case.rule(False)
    assert case.step() == RULED
    assert case.finding() == (False, ANY, 0, 0)
    assert not case.world.named("Found")


def test_rule_is_told_apart_from_a_concession(case: Case) -> None:
    """Who stands behind the card pays on an arbiter's word, not on that of a merchant it costs nothing."""
    case.raise_()
    case.concede(True)
    assert not case.upheld()
    case.refuse()
    case.escalate()
    case.rule(False, 500)
    assert (case.step(), case.upheld()) == (RULED, False)
    case.escalated()
    case.rule(True)
    assert (case.step(), case.upheld()) == (RULED, True)
    case.raise_()
    assert not case.upheld()


def test_rule_reverts_unless_the_dispute_was_escalated(case: Case) -> None:
    for begin, step in ((lambda: None, NONE), (case.raise_, NEGOTIATING), (case.refuse, REFUSED)):
        begin()
        with raises("Disputes_NotEscalated", case.card[1], step):
            case.rule()
    case.escalate()
    case.rule(False)
    with raises("Disputes_NotEscalated", case.card[1], RULED):
        case.rule()


def test_rule_reverts_for_anyone_but_an_arbiter(case: Case) -> None:
    case.escalated()
    for other in (case.world.alice, case.world.shop, case.world.operator):
        with raises("AccessControlUnauthorizedAccount", other):
            case.rule(sender=other)


# --------------------------------------------------------------------------------------------------- findings


def test_finding_of_is_empty_and_dated_zero_where_nothing_was_found(case: Case) -> None:
    assert case.finding() == (False, ANY, 0, 0)
    case.concede(True)
    assert case.finding() == (True, ANY, 0, case.world.now)


def test_finding_of_names_the_present_epoch_of_the_card(case: Case) -> None:
    case.world.wallet(case.world.alice).bumpEpoch(case.card[1], 5, sender=case.world.alice)
    case.concede()
    assert case.finding()[2] == 5


def test_finding_of_only_ever_improves_for_the_consumer_within_an_epoch(case: Case) -> None:
    random = Random(5)
    for _ in range(40):
        before = case.finding()
        not_consumer, listed = random.random() < 0.1, random.choice([ANY, *range(0, 50_000, 5_000)])
        if not not_consumer and listed == ANY:
            continue
        case.concede(not_consumer, listed)
        after = case.finding()
        assert after[0] is (before[0] or not_consumer)
        assert after[1] == min(before[1], listed)


def test_finding_of_keeps_the_cause_and_forgets_the_limit_when_the_epoch_has_changed(case: Case) -> None:
    """The limit was on a total that has been counted since; the cause of an end does not change with it."""
    case.concede(True, 100)
    case.world.wallet(case.world.alice).bumpEpoch(case.card[1], 1, sender=case.world.alice)
    assert case.finding()[:3] == (True, 100, 0)
    case.concede(False, 400)
    assert case.finding()[:3] == (True, 400, 1)


def test_finding_of_reaches_down_to_a_limit_of_zero(case: Case) -> None:
    case.concede(False, 0)
    assert case.finding()[:2] == (False, 0)


# ----------------------------------------------------------------------------------------------------- in all


def test_disputes_only_moves_along_the_ladder(case: Case) -> None:
    """Everybody tries everything in random order: each step that succeeds is one of the ladder's, none is
    skipped, and each refusal names its reason."""
    allowed = {
        ("raise", NONE): NEGOTIATING,
        ("raise", RULED): NEGOTIATING,
        ("raise", SETTLED): NEGOTIATING,
        ("refuse", NEGOTIATING): REFUSED,
        ("escalate", REFUSED): ESCALATED,
        ("escalate", NEGOTIATING): ESCALATED,  # once the merchant's days are over
        ("settle", NEGOTIATING): SETTLED,
        ("settle", REFUSED): SETTLED,
        ("settle", ESCALATED): SETTLED,
        ("rule", ESCALATED): RULED,
    }
    people = {"raise": "alice", "escalate": "alice", "settle": "alice", "refuse": "shop"}
    rest: dict[str, tuple[Any, ...]] = {
        "raise": (HEALTH, REASON),
        "refuse": (ANSWER,),
        "escalate": (AUTHORITY,),
        "settle": (),
        "rule": (False, ANY, RULING),
    }
    world, random = case.world, Random(11)
    everyone = [world.alice, world.shop, world.bob, world.operator, case.arbiter]
    raised = world.now
    seen = set()
    for _ in range(1500):
        if random.random() < 0.2:
            world.advance(days=random.randrange(9))
        say, speaker, before = random.choice(list(rest)), random.choice(everyone), case.step()
        mine = case.arbiter if say == "rule" else getattr(world, people[say])
        days = (world.now + 28_800) // 86_400 - (raised + 28_800) // 86_400
        may = speaker is mine and (say, before) in allowed
        if (say, before) == ("escalate", NEGOTIATING):
            may = may and days > DAYS
        if not may:
            with pytest.raises(Refused, match=r"^(Disputes_|AccessControlUnauthorized)"):
                case.disputes.send(say, *case.key, *rest[say], sender=speaker)
            assert case.step() == before
            continue
        case.disputes.send(say, *case.key, *rest[say], sender=speaker)
        assert case.step() == allowed[say, before]
        seen.add((say, before))
        raised = world.now if say == "raise" else raised
    assert seen == set(allowed)


def test_disputes_has_no_function_that_takes_a_date(case: Case) -> None:
    terms = (
        "(address,address,address,address,address,bytes32,bytes32,uint256,uint256,uint256,uint256,uint256)"
    )
    own = {
        each.name: each.inputs.replace(terms, "Terms")
        for each in case.disputes.interface.functions.values()
        if not each.view and "Role" not in each.name
    }
    assert own == {
        "raise": "(address,Terms,uint8,bytes32)",
        "refuse": "(address,Terms,bytes32)",
        "escalate": "(address,Terms,uint8)",
        "settle": "(address,Terms)",
        "takeSigned": "(address,Terms,(uint8,uint256,bytes32,uint256,uint256),bytes)",
        "concede": "(address,Terms,bool,uint256)",
        "rule": "(address,Terms,bool,uint256,bytes32)",
    }


def test_disputes_is_fooled_by_a_false_wallet_only_about_that_wallet(case: Case) -> None:
    """A second factory makes a wallet that nobody but its maker believes; what is said about its card is
    filed under its own address."""
    world = case.world
    factory = world.deploy("SubWalletFactory", world.implementation)
    false = world.at(factory.create(world.alice), artefact("SubWallet"))
    world.yuan.approve(false, case.terms.principal, sender=world.alice)
    card = false.open(case.terms, sender=world.alice)
    case.disputes.send("raise", false, case.terms, HEALTH, REASON, sender=world.alice)
    case.disputes.concede(false, case.terms, True, 0, sender=world.shop)
    assert case.disputes.disputeOf(false, card)[0] == NEGOTIATING
    assert case.step() == NONE
    assert case.finding() == (False, ANY, 0, 0)
