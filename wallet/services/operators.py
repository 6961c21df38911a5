"""Who runs the platform: approvers admit an operator by notice, any of them revokes it, several may work.

At deployment the registries are handed over: from then on only the approvers' contract names operators there.
Where nobody else is named, the operator who deploys is its own approver, and admits itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wallet.bindings.events import AgreementWithdrawn, OperatorAdmitted, OperatorAgreed, OperatorRevoked
from wallet.bindings.merchant_registry import MerchantRegistry
from wallet.bindings.operators import Operators
from wallet.bindings.product_catalogue import ProductCatalogue
from wallet.bindings.runtime import Call, ask
from wallet.errors import EnvironmentFault, InvalidInput
from wallet.keccak import keccak256
from wallet.services.context import Context
from wallet.services.sending import Item, send, send_all, succeeded
from wallet.signing.signer import Signer

FOUNDING_NOTICE = "the operator who deployed the platform"
"""What the credential of an operator says that nobody else approved."""
_ADMIN = bytes(32)


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who operates, may operate once enough agree, or did. `credential` is the hash of its notice,
    or of the one proposed; empty where there is neither.
    """

    address: str
    works: bool
    credential: str
    since: int
    agreed: int
    transaction: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """The approvers, and how many of them have to agree."""

    approvers: tuple[str, ...]
    quorum: int


def operators_of(context: Context) -> Operators:
    """The approvers' contract; EnvironmentFault `part-missing` on a platform without it."""
    return Operators(context.platform.part("Operators"))


def board_of(context: Context) -> Board:
    """Whose agreement counts."""
    contract = operators_of(context)
    return Board(ask(context.chain, contract.approvers()), ask(context.chain, contract.quorum()))


def list_operators(context: Context) -> list[Operator]:
    """All who were ever proposed or admitted, and whoever deployed, in the order in which they appeared."""
    found: dict[str, bytes] = {context.platform.operator: b""}
    for event in _events(context):
        found.setdefault(event.operator, b"")
        if isinstance(event, OperatorAgreed):
            found[event.operator] = event.credential
    return [_read(context, address, proposed) for address, proposed in found.items()]


def agree(context: Context, approver: Signer, operator: str, notice: str) -> Operator:
    """Agree that `operator` is admitted by this notice; the last agreement that is needed admits it.

    Raises the contract's typed error for anybody who is no approver, or who agreed before.
    """
    credential = credential_of(notice)
    call = operators_of(context).agree(operator, credential)
    return _say(context, approver, operator, call, credential, "agree")


def withdraw(context: Context, approver: Signer, operator: str, notice: str) -> Operator:
    """Take one's own agreement back, while it has admitted nobody."""
    credential = credential_of(notice)
    call = operators_of(context).withdraw(operator, credential)
    return _say(context, approver, operator, call, credential, "withdraw")


def revoke(context: Context, approver: Signer, operator: str, reason: str) -> Operator:
    """Revoke an operator; one approver's word is enough, and no consumer's exit depends on any operator."""
    call = operators_of(context).revoke(operator, keccak256(reason.encode()))
    return _say(context, approver, operator, call, b"", "revoke")


def credential_of(notice: str) -> bytes:
    """The hash of a notice's text. It is public, so it needs no salt."""
    if not notice.strip():
        raise InvalidInput("a notice needs words", hint="say what it says with --notice", code="no-words")
    return keccak256(notice.encode())


def hand_over(
    context: Context, founder: Signer, board: Operators, approvers: Sequence[str], desks: Iterable[str]
) -> None:
    """Give the registries at `desks` into the approvers' hands; what an earlier run did is not repeated.

    Raises EnvironmentFault (`approvers-differ`) where they are in other hands already.
    """
    contracts: list[MerchantRegistry | ProductCatalogue] = [MerchantRegistry(desk) for desk in desks]
    role = ask(context.chain, board.operator())
    me, alone = founder.address, list(approvers) == [founder.address]
    items = []

    def holds(desk: MerchantRegistry | ProductCatalogue, what: bytes, who: str) -> bool:
        return ask(context.chain, desk.has_role(what, who))

    for desk in contracts:
        if holds(desk, _ADMIN, board.address):
            continue
        if not holds(desk, _ADMIN, me):
            raise EnvironmentFault(
                "other approvers than these name the operators of this platform",
                hint="deploy with the approvers it was deployed with",
                code="approvers-differ",
                approvers=", ".join(approvers),
            )
        items.append(Item.of(desk.grant_role(_ADMIN, board.address), "hand over the registries"))
    if alone and not ask(context.chain, board.credential_of(me))[0].strip(b"\0"):
        items.append(Item.of(board.agree(me, credential_of(FOUNDING_NOTICE)), "admit the operator"))
    for desk in contracts:
        if holds(desk, _ADMIN, me):
            items.append(Item.of(desk.renounce_role(_ADMIN, me), "hand over the registries"))
        admitted = ask(context.chain, board.credential_of(me))[0].strip(b"\0")
        if not alone and not admitted and holds(desk, role, me):
            items.append(Item.of(desk.renounce_role(role, me), "hand over the registries"))
    for receipt in send_all(context, founder, items, "hand over") if items else []:
        succeeded(context, receipt)


def _say(
    context: Context, by: Signer, operator: str, call: Call[None], credential: bytes, what: str
) -> Operator:
    receipt = send(context, by, call, f"operator {what} {operator}").receipt
    return _read(context, operator, credential, "0x" + receipt.tx_hash.hex())


def _read(context: Context, operator: str, proposed: bytes, transaction: str = "") -> Operator:
    contract = operators_of(context)
    role = ask(context.chain, contract.operator())
    credential, since = ask(context.chain, contract.credential_of(operator))
    admitted = bool(credential.strip(b"\0"))
    shown = credential if admitted else proposed
    return Operator(
        address=operator,
        works=ask(context.chain, context.merchants.has_role(role, operator)),
        credential="0x" + shown.hex() if shown else "",
        since=since,
        agreed=ask(context.chain, contract.agreed_on(operator, proposed)) if proposed else 0,
        transaction=transaction,
    )


def _events(context: Context) -> list[Any]:
    kinds = {
        one.TOPIC: one for one in (OperatorAgreed, AgreementWithdrawn, OperatorAdmitted, OperatorRevoked)
    }
    logs = context.chain.logs(operators_of(context).address, [list(kinds)], context.platform.block)
    return [kinds[log.topics[0]].decode(log) for log in logs]
