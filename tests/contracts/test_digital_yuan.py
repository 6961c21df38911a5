"""The test chain's money: `digital_yuan.tree`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.contracts.evm import CHAIN_ID
from tests.contracts.harness import World, raises
from wallet.eip712 import Permit, ReceiveWithAuthorization, digital_yuan_domain
from wallet.eip712.schema import Message, Schema

RECEIVE = "receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)"


def sign(world: World, signer: Any, message: Message) -> bytes:
    return signer.sign(message, digital_yuan_domain(CHAIN_ID, world.yuan.address))


def payment(world: World, **changes: Any) -> ReceiveWithAuthorization:
    """Alice pays Bob five fen within the hour."""
    plain = ReceiveWithAuthorization(
        world.alice.address, world.bob.address, 5, 0, world.now + 3600, b"\x01" * 32
    )
    return replace(plain, **changes)


def receive(world: World, message: ReceiveWithAuthorization, signature: bytes, sender: Any = None) -> None:
    world.yuan.send(RECEIVE, *message.values(), signature, sender=sender or message.to)


def test_digital_yuan_has_two_decimals_a_name_and_a_symbol(world: World) -> None:
    assert (world.yuan.decimals(), world.yuan.name(), world.yuan.symbol()) == (2, "Digital Yuan", "eCNY")


def test_digital_yuan_gives_nobody_a_way_to_freeze_or_take_back_units(world: World) -> None:
    known = {name.partition("(")[0] for name, it in world.yuan.interface.functions.items() if not it.view}
    assert known == {
        "approve",
        "cancelAuthorization",
        "mint",
        "permit",
        "receiveWithAuthorization",
        "transfer",
        "transferFrom",
        "transferWithAuthorization",
    }


def test_mint_reverts_for_anyone_but_the_issuer(world: World) -> None:
    with raises("DigitalYuan_NotIssuer", world.operator):
        world.yuan.mint(world.operator, 1, sender=world.operator)


def test_mint_puts_fen_into_circulation(world: World) -> None:
    supply = world.yuan.totalSupply()
    world.yuan.mint(world.stranger, 7, sender=world.issuer)
    assert (world.balance(world.stranger), world.yuan.totalSupply()) == (7, supply + 7)


def permit_by(world: World, signer: Any) -> tuple[Any, ...]:
    until = world.now + 60
    message = Permit(world.alice.address, world.bob.address, 9, world.yuan.nonces(world.alice), until)
    made = sign(world, signer, message)
    return (world.alice, world.bob, 9, until, made[64], made[:32], made[32:64])


def test_permit_sets_an_allowance_by_signature(world: World) -> None:
    world.yuan.permit(*permit_by(world, world.alice))
    assert world.yuan.allowance(world.alice, world.bob) == 9


def test_permit_reverts_when_the_signature_is_anothers(world: World) -> None:
    with raises("ERC2612InvalidSigner", ..., world.alice):
        world.yuan.permit(*permit_by(world, world.bob))


def test_permit_reverts_when_it_is_used_twice(world: World) -> None:
    arguments = permit_by(world, world.alice)
    world.yuan.permit(*arguments)
    with raises("ERC2612InvalidSigner"):
        world.yuan.permit(*arguments)


def test_receive_with_authorization_moves_the_fen_once(world: World) -> None:
    before = world.balance(world.bob)
    receive(world, payment(world), sign(world, world.alice, payment(world)))
    assert world.balance(world.bob) == before + 5
    assert world.yuan.authorizationState(world.alice, payment(world).nonce)


def test_receive_with_authorization_reverts_when_it_is_used_twice(world: World) -> None:
    signature = sign(world, world.alice, payment(world))
    receive(world, payment(world), signature)
    with raises("ERC3009UsedAuthorization", world.alice, payment(world).nonce):
        receive(world, payment(world), signature)


def test_receive_with_authorization_reverts_when_somebody_other_than_the_payee_submits_it(
    world: World,
) -> None:
    with raises("ERC20InvalidReceiver", world.bob):
        receive(world, payment(world), sign(world, world.alice, payment(world)), sender=world.stranger)


def test_receive_with_authorization_reverts_at_valid_before_and_works_one_second_earlier(
    world: World,
) -> None:
    message = payment(world, valid_before=world.now)
    with raises("ERC3009InvalidAuthorizationTime", 0, world.now):
        receive(world, message, sign(world, world.alice, message))
    message = payment(world, valid_before=world.now + 1)
    receive(world, message, sign(world, world.alice, message))


def test_receive_with_authorization_reverts_until_valid_after_has_passed(world: World) -> None:
    message = payment(world, valid_after=world.now)
    signature = sign(world, world.alice, message)
    with raises("ERC3009InvalidAuthorizationTime", world.now):
        receive(world, message, signature)
    world.advance(1)
    receive(world, message, signature)


def test_receive_with_authorization_reverts_when_the_payer_has_cancelled_it(world: World) -> None:
    class Cancel(Message):
        SCHEMA = Schema.parse("CancelAuthorization(address authorizer,bytes32 nonce)")
        authorizer, nonce = world.alice.address, payment(world).nonce

    made = sign(world, world.alice, Cancel())
    world.yuan.cancelAuthorization(world.alice, payment(world).nonce, made[64], made[:32], made[32:64])
    with raises("ERC3009UsedAuthorization"):
        receive(world, payment(world), sign(world, world.alice, payment(world)))


def test_receive_with_authorization_reverts_for_any_change_of_a_field(world: World) -> None:
    signature = sign(world, world.alice, payment(world))
    changes: dict[str, Any] = {
        "from_": world.bob.address,
        "to": world.stranger.address,
        "value": 6,
        "valid_after": 1,
        "valid_before": world.now + 3601,
        "nonce": bytes(32),
    }
    for name, value in changes.items():
        with raises("ERC3009InvalidSignature"):
            receive(world, payment(world, **{name: value}), signature)


def test_receive_with_authorization_reverts_for_the_payers_transfer_signature(world: World) -> None:
    fields = ReceiveWithAuthorization.SCHEMA.type_string.partition("(")[2]

    class Transfer(Message):
        SCHEMA = Schema.parse(f"TransferWithAuthorization({fields}")

        def values(self) -> tuple[Any, ...]:
            return payment(world).values()

    with raises("ERC3009InvalidSignature"):
        receive(world, payment(world), sign(world, world.alice, Transfer()))


def test_receive_with_authorization_asks_the_contract(world: World) -> None:
    owner = world.deploy("HostileOwner")
    world.fund(owner, 5)
    message = payment(world, from_=owner.address)
    with raises("ERC3009InvalidSignature"):
        receive(world, message, b"whatever")
    owner.decide(1)
    receive(world, message, b"whatever")
    assert world.balance(owner) == 0


def test_receive_with_authorization_tries_the_key_first_when_the_account_has_delegated_code(
    world: World,
) -> None:
    delegate = bytes.fromhex("ef0100") + bytes.fromhex(world.stored_value[2:])
    world.put_code(world.alice.address, delegate)
    receive(world, payment(world), sign(world, world.alice, payment(world)))
