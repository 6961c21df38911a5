"""Vouchers through the services, and consumers that are contracts."""

from __future__ import annotations

import pytest

from tests.services.world import World
from wallet.bindings import errors
from wallet.bindings.recoverable_owner import RecoverableOwner
from wallet.compiler.artefacts import load_artefact
from wallet.eip712.domain import Domain
from wallet.eip712.schema import Message
from wallet.errors import InvalidInput, PolicyRefusal
from wallet.services import authorise, bump, buy, cards, consume, fund, publish, terminate
from wallet.services.sending import create
from wallet.services.voucher import preview_voucher, sign_voucher
from wallet.signing.policy import Limit, Outcome, Policy
from wallet.signing.signer import KeySigner
from wallet.signing.transaction import Transaction


def voucher_card(world: World) -> str:
    """A card whose terms take vouchers."""
    terms = publish.terms_for(
        world.context, merchant=world.merchant.address, template="StoredValue", principal=100_000,
        bonus=30_000, takes_vouchers=1,
    )  # fmt: skip
    publish.publish(world.context, world.merchant, terms, "with vouchers")
    return world.buy("with vouchers").card


def test_the_newest_voucher_settles_all(any_world: World) -> None:
    """Three signed, one carried: the total moves at once; older ones are then worth nothing."""
    world = any_world
    card = voucher_card(world)
    made = []
    for total in (3000, 6000, 9000):
        request = preview_voucher(world.context, world.consumer.address, card, total, Policy())
        made.append(sign_voucher(world.context, world.consumer, request))
    assert "6.92" not in request.sentence
    assert request.sentence.startswith("Let 示例口腔 have at most 69.23 yuan")
    done = consume.redeem(world.context, world.merchant, made[-1])
    assert (done.paid, done.used, done.charge) == (6923, 9000, "")
    for old in made[:2]:
        with pytest.raises(PolicyRefusal):
            consume.redeem(world.context, world.merchant, old)
    with pytest.raises(InvalidInput, match="not above"):
        preview_voucher(world.context, world.consumer.address, card, 9000, Policy())
    # The day counts what may move, not every voucher anew.
    assert world.context.journal.authorised(world.context.identity, world.consumer.address, since=0) == 6923


def test_vouchers_where_the_terms_do_not_take_them(world: World) -> None:
    """Refused before anything is signed."""
    with pytest.raises(PolicyRefusal) as caught:
        preview_voucher(world.context, world.consumer.address, world.buy().card, 3000, Policy())
    assert caught.value.error_code == "vouchers-off"


def test_vouchers_obey_policy_rules_and_epoch(world: World) -> None:
    """Over the limit, over the card, or voided."""
    card = voucher_card(world)
    strict = Policy(per_day=Limit(5000, Outcome.REFUSE))
    request = preview_voucher(world.context, world.consumer.address, card, 9000, strict)
    with pytest.raises(PolicyRefusal):
        sign_voucher(world.context, world.consumer, request)
    with pytest.raises(errors.TemplateOverdrawn):
        preview_voucher(world.context, world.consumer.address, card, 130_001, Policy())
    signed = sign_voucher(
        world.context,
        world.consumer,
        preview_voucher(world.context, world.consumer.address, card, 3000, strict),
    )
    bump.bump(world.context, world.consumer, card)
    with pytest.raises(PolicyRefusal) as caught:
        consume.redeem(world.context, world.merchant, signed)
    assert caught.value.error_code == "stale-epoch"


class ContractOwner:
    """A consumer that is a contract: its address, and the key in force."""

    def __init__(self, address: str, key: KeySigner) -> None:
        self.address, self.key = address, key

    def sign_message(self, message: Message, domain: Domain) -> bytes:
        return self.key.sign_message(message, domain)

    def sign_transaction(self, transaction: Transaction) -> bytes:
        raise AssertionError("a contract sends nothing by itself")

    def sign_digest(self, digest: bytes) -> bytes:
        return self.key.sign_digest(digest)


def test_a_contract_owner_buys_spends_and_leaves(world: World) -> None:
    """ERC-1271 all the way: ERC-3009 purchase, consumption and exit signed by the key behind the contract."""
    context = world.context
    data = RecoverableOwner.creation(
        load_artefact("RecoverableOwner").bytecode, world.consumer.address, world.other.address
    )
    address = create(context, world.other, data, "deploy owner").contract
    assert address is not None
    owner = ContractOwner(address, world.consumer)
    fund.fund(context, world.operator, address, 200_000)
    bought = buy.buy(
        context, owner, buy.preview_purchase(context, address, "1000 送 300"), carrier=world.merchant
    )
    assert bought.consumer == address
    charge = world.charge(bought.card).document
    request = authorise.preview_charge(context, address, charge, Policy())
    document = authorise.authorise(context, owner, request).document
    assert consume.consume(context, world.merchant, document).paid == 2307
    ended = terminate.terminate(
        context, owner, terminate.preview_termination(context, bought.card), carrier=world.other
    )
    assert ended.refund == 97_000
    assert cards.balance(context, address).on_hand == 197_000


def test_a_contract_owners_lost_key_signs_nothing(world: World) -> None:
    """A key that is not in force is refused, by us and by the contract."""
    context = world.context
    data = RecoverableOwner.creation(
        load_artefact("RecoverableOwner").bytecode, world.consumer.address, world.other.address
    )
    address = create(context, world.other, data, "deploy owner").contract
    assert address is not None
    fund.fund(context, world.operator, address, 200_000)
    thief = ContractOwner(address, world.other)
    preview = buy.preview_purchase(context, address, "1000 送 300")
    with pytest.raises(errors.SubWalletSignatureInvalid):
        buy.buy(context, thief, preview, carrier=world.merchant)
