"""What could be tried through disputes, or by who may name operators: rows of docs/pitfalls.md."""

from __future__ import annotations

import pytest

from tests.contracts.harness import Refused, World, raises

ANY = 2**256 - 1
HEALTH, AUTHORITY, NEGOTIATING = 3, 0, 1
HASH = bytes([7]) * 32
ADMIN = bytes(32)


def test_pitfall_a_merchant_concedes_fen_after_fen(world: World) -> None:
    """Neither does one fen conceded end the dispute, nor do many findings void what the consumer signed to
    leave; each costs the merchant."""
    terms = world.terms(bonus=30_000, consumer_formula=1)
    world.open(world.alice, terms)
    world.consume(world.alice, terms, used=30_000)
    wallet = world.wallet(world.alice)
    world.disputes.send("raise", wallet, terms, HEALTH, HASH, sender=world.alice)
    leaving = world.termination(world.alice, terms, 70_000)
    signature = world.sign(world.alice, world.alice, leaving)
    for given in range(1, 4):
        world.find(world.alice, terms, listed=30_000 - given)
    card = world.card_id(world.alice, terms)
    assert world.disputes.disputeOf(wallet, card)[0] == NEGOTIATING
    parts = (leaving.min_refund, leaving.deadline, signature)
    assert wallet.terminateBySig(terms, *parts, sender=world.stranger) == 70_003


def test_pitfall_an_arbiter_takes_a_finding_back(world: World) -> None:
    """Whatever is said later, and by whomever: cause and limit stay, and nothing is found unheard."""
    terms, wallet = world.terms(), world.wallet(world.alice)
    world.open(world.alice, terms)
    card = world.card_id(world.alice, terms)
    with raises("Disputes_NotEscalated", card, 0):
        world.disputes.rule(wallet, terms, True, 0, HASH, sender=world.arbiter)
    world.disputes.concede(wallet, terms, True, 500, sender=world.shop)
    for _ in range(2):
        world.disputes.send("raise", wallet, terms, HEALTH, HASH, sender=world.alice)
        world.disputes.refuse(wallet, terms, HASH, sender=world.shop)
        world.disputes.escalate(wallet, terms, AUTHORITY, sender=world.alice)
        world.disputes.rule(wallet, terms, False, 900, HASH, sender=world.arbiter)
        world.disputes.concede(wallet, terms, False, 700, sender=world.shop)
        assert world.disputes.findingOf(wallet, card)[:2] == (True, 500)


def test_pitfall_one_hand_makes_operators(world: World) -> None:
    """Of two approvers one admits nobody, nor does who deployed, once the registries were handed over."""
    council, bureau, firm = map(world.account, ("council", "bureau", "firm"))
    desks = (world.merchants, world.catalogue)
    operators = world.deploy("Operators", [council, bureau], 2, desks)
    for desk in desks:
        desk.grantRole(ADMIN, operators, sender=world.operator)
        desk.renounceRole(ADMIN, world.operator, sender=world.operator)
    operators.agree(firm, HASH, sender=council)
    role = operators.OPERATOR()
    for desk in desks:
        for hand in (council, world.operator, firm):
            with pytest.raises(Refused):
                desk.grantRole(role, firm, sender=hand)
        assert not desk.hasRole(role, firm)
    with raises("AccessControlUnauthorizedAccount", firm):
        world.merchants.suspend(world.shop, sender=firm)
