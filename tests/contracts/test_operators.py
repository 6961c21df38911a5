"""Who may run the platform, and who says so: `operators.tree`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.contracts.harness import Contract, World, raises

NOTICE, PLAQUE, REASON = (bytes([byte]) * 32 for byte in (1, 2, 3))
ADMIN = bytes(32)


@dataclass
class Board:
    """Three approvers, of whom two must agree, over a platform's registries; and two who would run it."""

    world: World
    operators: Contract
    approvers: tuple[Any, Any, Any]
    first: Any
    second: Any

    def agree(self, approver: int, operator: Any = None, credential: bytes = NOTICE) -> None:
        self.operators.agree(operator or self.first, credential, sender=self.approvers[approver])

    def admit(self, operator: Any, credential: bytes = NOTICE) -> None:
        self.agree(0, operator, credential)
        self.agree(1, operator, credential)

    def may_work(self, operator: Any) -> bool:
        role = self.operators.OPERATOR()
        desks = (self.world.merchants, self.world.catalogue)
        found = {bool(desk.hasRole(role, operator)) for desk in desks}
        assert len(found) == 1, "an operator works in all registries or in none"
        return found.pop()

    def credential(self, operator: Any) -> bytes:
        return bytes(self.operators.credentialOf(operator)[0])


@pytest.fixture
def board(world: World) -> Board:
    approvers = tuple(world.account(name) for name in ("council", "bureau", "association"))
    desks = (world.merchants, world.catalogue)
    operators = world.deploy("Operators", approvers, 2, desks)
    for desk in desks:
        desk.grantRole(ADMIN, operators, sender=world.operator)
        desk.renounceRole(ADMIN, world.operator, sender=world.operator)
    return Board(world, operators, approvers, world.account("first"), world.account("second"))


# ------------------------------------------------------------------------------------------------- being made


def test_constructor_reverts_for_a_quorum_of_none_or_of_more_than_there_are(world: World) -> None:
    for quorum in (0, 3):
        with raises("Operators_QuorumUnfit", quorum, 2):
            world.deploy("Operators", [world.alice, world.bob], quorum, [])
    with raises("Operators_QuorumUnfit", 1, 0):
        world.deploy("Operators", [], 1, [])


def test_constructor_reverts_for_an_approver_who_is_named_twice_or_is_zero(world: World) -> None:
    zero = "0x" + "00" * 20
    for unfit, named in ((world.alice, [world.alice, world.bob, world.alice]), (zero, [world.bob, zero])):
        with raises("Operators_ApproverUnfit", unfit):
            world.deploy("Operators", named, 1, [])


# --------------------------------------------------------------------------------------------------- agreeing


def test_agree_admits_the_operator_with_the_last_agreement_that_is_needed(board: Board) -> None:
    board.agree(0)
    assert board.operators.agreedOn(board.first, NOTICE) == 1
    board.agree(2)
    assert board.may_work(board.first)
    assert board.credential(board.first) == NOTICE
    (admitted,) = board.world.named("OperatorAdmitted")
    assert admitted.args == {"operator": board.first.address, "credential": NOTICE}
    merchant = board.world.account("new clinic")
    board.world.merchants.applyToSell("new clinic", ADMIN, sender=merchant)
    board.world.merchants.approve(merchant, sender=board.first)


def test_agree_gives_one_approver_alone_nothing(board: Board) -> None:
    """However often it speaks, and whatever else it tries."""
    alone = board.approvers[0]
    for credential in (NOTICE, PLAQUE):
        for operator in (board.first, alone):
            board.operators.agree(operator, credential, sender=alone)
            assert not board.may_work(operator)
            assert board.credential(operator) == ADMIN
    role = board.operators.OPERATOR()
    for desk in (board.world.merchants, board.world.catalogue):
        with raises("AccessControlUnauthorizedAccount", alone):
            desk.grantRole(role, alone, sender=alone)


def test_agree_counts_an_approver_once(board: Board) -> None:
    board.agree(0)
    with raises("Operators_AgreedBefore", board.first, board.approvers[0]):
        board.agree(0)
    assert board.operators.agreedOn(board.first, NOTICE) == 1


def test_agree_counts_agreements_on_one_credential_together_and_on_another_apart(board: Board) -> None:
    board.agree(0, credential=NOTICE)
    board.agree(1, credential=PLAQUE)
    assert not board.may_work(board.first)
    board.agree(1, credential=NOTICE)
    assert board.credential(board.first) == NOTICE


def test_agree_replaces_the_credential_of_an_admitted_operator(board: Board) -> None:
    board.admit(board.first)
    board.admit(board.first, PLAQUE)
    assert board.credential(board.first) == PLAQUE
    assert board.may_work(board.first)
    # What was agreed on the old one is used up: one approver cannot bring it back.
    board.agree(0)
    assert board.credential(board.first) == PLAQUE


def test_agree_reverts_where_there_is_nothing_to_agree_on(board: Board) -> None:
    board.admit(board.first)
    zero = "0x" + "00" * 20
    for operator, credential in ((board.first, NOTICE), (board.second, ADMIN), (zero, NOTICE)):
        with raises("Operators_NothingToAgree", operator, credential):
            board.agree(2, operator, credential)


def test_agree_reverts_for_anyone_but_an_approver(board: Board) -> None:
    for other in (board.world.operator, board.first, board.world.stranger):
        with raises("Operators_NotApprover", other):
            board.operators.agree(board.first, NOTICE, sender=other)


# ------------------------------------------------------------------------------------------------ withdrawing


def test_withdraw_takes_an_agreement_back_before_it_has_led_to_an_admission(board: Board) -> None:
    board.agree(0)
    board.operators.withdraw(board.first, NOTICE, sender=board.approvers[0])
    assert board.world.named("AgreementWithdrawn")[0].args["agreed"] == 0
    board.agree(1)
    assert not board.may_work(board.first)
    board.agree(0)
    assert board.may_work(board.first)


def test_withdraw_reverts_for_an_agreement_that_was_never_given_or_has_been_used(board: Board) -> None:
    with raises("Operators_NotAgreed", board.first, board.approvers[0]):
        board.operators.withdraw(board.first, NOTICE, sender=board.approvers[0])
    board.admit(board.first)
    with raises("Operators_NotAgreed", board.first, board.approvers[0]):
        board.operators.withdraw(board.first, NOTICE, sender=board.approvers[0])
    assert board.may_work(board.first)


def test_withdraw_reverts_for_anyone_but_an_approver(board: Board) -> None:
    with raises("Operators_NotApprover", board.first):
        board.operators.withdraw(board.first, NOTICE, sender=board.first)


# --------------------------------------------------------------------------------------------------- revoking


def test_revoke_takes_credential_and_role_at_the_word_of_one_approver(board: Board) -> None:
    board.admit(board.first)
    board.operators.revoke(board.first, REASON, sender=board.approvers[2])
    (revoked,) = board.world.named("OperatorRevoked")
    assert revoked.args == {
        "operator": board.first.address,
        "credential": NOTICE,
        "approver": board.approvers[2].address,
        "reason": REASON,
    }
    assert not board.may_work(board.first)
    assert board.credential(board.first) == ADMIN
    with raises("AccessControlUnauthorizedAccount", board.first):
        board.world.merchants.suspend(board.world.shop, sender=board.first)


def test_revoke_leaves_the_other_operators_alone(board: Board) -> None:
    board.admit(board.first)
    board.admit(board.second)
    board.operators.revoke(board.first, REASON, sender=board.approvers[0])
    assert board.may_work(board.second)
    assert board.credential(board.second) == NOTICE


def test_revoke_reaches_an_operator_who_was_there_before_there_were_notices(board: Board) -> None:
    assert board.may_work(board.world.operator)
    board.operators.revoke(board.world.operator, REASON, sender=board.approvers[1])
    assert not board.may_work(board.world.operator)


def test_revoke_voids_all_earlier_agreements(board: Board) -> None:
    board.agree(0, credential=PLAQUE)
    board.admit(board.first)
    board.agree(2, credential=PLAQUE)
    board.operators.revoke(board.first, REASON, sender=board.approvers[0])
    for credential in (NOTICE, PLAQUE):
        assert board.operators.agreedOn(board.first, credential) == 0
        board.agree(1, credential=credential)
        assert not board.may_work(board.first)
    board.agree(0)
    assert board.may_work(board.first)


def test_revoke_reverts_for_somebody_who_is_no_operator(board: Board) -> None:
    with raises("Operators_NotAdmitted", board.first):
        board.operators.revoke(board.first, REASON, sender=board.approvers[0])
    board.admit(board.first)
    board.operators.revoke(board.first, REASON, sender=board.approvers[0])
    with raises("Operators_NotAdmitted", board.first):
        board.operators.revoke(board.first, REASON, sender=board.approvers[0])


def test_revoke_reverts_for_anyone_but_an_approver(board: Board) -> None:
    board.admit(board.first)
    board.admit(board.second)
    for other in (board.second, board.first, board.world.operator, board.world.stranger):
        with raises("Operators_NotApprover", other):
            board.operators.revoke(board.first, REASON, sender=other)


# ----------------------------------------------------------------------------------------------------- in all


def test_operators_lets_several_operators_work_side_by_side(board: Board) -> None:
    board.admit(board.first)
    board.admit(board.second)
    board.world.merchants.suspend(board.world.shop, sender=board.first)
    board.world.merchants.approve(board.world.shop, sender=board.second)
    board.world.merchants.suspend(board.world.shop, sender=board.world.operator)


def test_operators_leaves_nobody_else_who_could_name_an_operator(board: Board) -> None:
    board.admit(board.first)
    role = board.operators.OPERATOR()
    everyone = (board.first, board.world.operator, *board.approvers, board.world.stranger)
    for desk in (board.world.merchants, board.world.catalogue):
        for caller in everyone:
            for given in (role, ADMIN):
                with raises("AccessControlUnauthorizedAccount", caller, ADMIN):
                    desk.grantRole(given, board.world.stranger, sender=caller)


def test_operators_dates_what_it_says(board: Board) -> None:
    board.world.advance(3600)
    board.admit(board.first)
    assert board.operators.credentialOf(board.first)[1] == board.world.now
    board.world.advance(days=2)
    board.operators.revoke(board.first, REASON, sender=board.approvers[0])
    assert board.operators.credentialOf(board.first) == (ADMIN, board.world.now)
    assert [
        name for name, each in board.operators.interface.functions.items() if "uint40" in each.inputs
    ] == []


def test_operators_is_not_needed_by_a_consumer_who_leaves(board: Board) -> None:
    """With every operator revoked, sales may stop, and the money comes back all the same."""
    world, terms = board.world, board.world.terms()
    world.open(world.alice, terms)
    world.merchants.suspend(world.shop, sender=world.operator)
    board.operators.revoke(world.operator, REASON, sender=board.approvers[0])
    assert world.wallet(world.alice).terminate(terms, 100_000, sender=world.alice) == 100_000
