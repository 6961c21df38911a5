"""Who runs the platform: admitted by notice, by as many as the programme wants, revoked by any of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.moving.street import Street
from tests.supervision.town import START, Town
from wallet.bindings.errors import (
    AccessControlUnauthorizedAccount,
    OperatorsAgreedBefore,
    OperatorsNotApprover,
)
from wallet.chain.base import ChainOptions
from wallet.chain.revm import RevmChain
from wallet.errors import EnvironmentFault, InvalidInput
from wallet.services import deploy, onboard, operators
from wallet.services.context import open_context

NOTICE = "关于支持第三方机构参与预付卡资金日常管理的通知"


@pytest.fixture
def council(tmp_path: Path) -> Iterator[Town]:
    """A platform whose operator two have to approve, a council and a bureau; none is approved yet."""
    chain = RevmChain(ChainOptions(genesis_time=START, clock="steps"))
    context, _ = open_context(chain, ledger=tmp_path / "ledger.sqlite", deployments=tmp_path / "deployments")
    town = Town(context, chain)
    approvers = [town.person(name).address for name in ("council", "bureau")]
    town.context, _ = deploy.deploy(context, town.operator, approvers=approvers)
    yield town
    town.context.journal.close()


def agree(town: Town, approver: str, operator: str = "firm") -> operators.Operator:
    return operators.agree(town.context, town.person(approver), town.person(operator).address, NOTICE)


def approves(town: Town, who: str) -> None:
    """A merchant applies, and `who` approves it."""
    shop = town.person(f"shop {len(town.people)}")
    onboard.apply_to_sell(town.context, shop, "店", "执照")
    onboard.approve(town.context, town.person(who), shop.address)


def test_row_67_onboarding_an_operator_needs_two_approvals(council: Town) -> None:
    """One alone admits nobody, however often it says so; whoever deployed runs nothing by itself."""
    with pytest.raises(AccessControlUnauthorizedAccount):
        approves(council, "operator")
    first = agree(council, "council")
    assert (first.works, first.agreed) == (False, 1)
    with pytest.raises(OperatorsAgreedBefore):
        agree(council, "council")
    with pytest.raises(OperatorsNotApprover):
        agree(council, "operator")
    with pytest.raises(AccessControlUnauthorizedAccount):
        approves(council, "firm")
    second = agree(council, "bureau")
    assert (second.works, second.credential) == (True, "0x" + operators.credential_of(NOTICE).hex())
    approves(council, "firm")


def test_row_67_agreement_is_on_one_notice_and_can_be_withdrawn(council: Town) -> None:
    context, firm = council.context, council.person("firm").address
    agree(council, "council")
    operators.agree(context, council.person("bureau"), firm, "另一份通知")
    assert not operators.list_operators(context)[1].works
    operators.withdraw(context, council.person("council"), firm, NOTICE)
    assert not agree(council, "bureau").works
    assert agree(council, "council").works


def test_row_76_operators_coexist_and_a_credential_is_issued_and_revoked(council: Town) -> None:
    for firm in ("firm", "other firm"):
        agree(council, "council", firm)
        agree(council, "bureau", firm)
        approves(council, firm)
    gone = operators.revoke(
        council.context, council.person("bureau"), council.person("firm").address, "试点结束"
    )
    assert (gone.works, gone.credential) == (False, "")
    with pytest.raises(AccessControlUnauthorizedAccount):
        approves(council, "firm")
    approves(council, "other firm")
    standing = {one.address: one.works for one in operators.list_operators(council.context)}
    assert standing == {
        council.operator.address: False,
        council.person("firm").address: False,
        council.person("other firm").address: True,
    }


def test_deploying_again_keeps_the_approvers(council: Town) -> None:
    """Nothing is created, and nobody else can be named instead."""
    _, again = deploy.deploy(council.context, council.operator)
    assert again.created == ()
    board = operators.board_of(council.context)
    assert (len(board.approvers), board.quorum) == (2, 2)
    with pytest.raises(EnvironmentFault) as caught:
        deploy.deploy(council.context, council.operator, approvers=[council.operator.address])
    assert caught.value.error_code == "approvers-differ"
    with pytest.raises(EnvironmentFault) as lost:  # the deployment file is gone, the chain is not
        deploy.deploy(council.context.with_platform(None), council.operator)
    assert lost.value.error_code == "approvers-differ"
    with pytest.raises(InvalidInput) as empty:
        operators.agree(council.context, council.person("council"), council.operator.address, " ")
    assert empty.value.error_code == "no-words"


def test_who_deploys_alone_is_its_own_approver(street: Street) -> None:
    """One operator, with a credential of its own, and the registries in the contract's hands."""
    context, operator = street.context, street.town.operator
    (one,) = operators.list_operators(context)
    assert (one.address, one.works, one.agreed) == (operator.address, True, 0)
    assert one.credential == "0x" + operators.credential_of(operators.FOUNDING_NOTICE).hex()
    assert operators.board_of(context) == operators.Board((operator.address,), 1)
    other = operators.agree(context, operator, street.other.address, NOTICE)
    assert other.works
    assert len([each for each in operators.list_operators(context) if each.works]) == 2
