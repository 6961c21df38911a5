"""Transactions read back as trees of calls: on a real anvil, and from traces that no test could provoke."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.services.world import World
from wallet.bindings.abi import encode
from wallet.bindings.calldata import function_of
from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.errors import BY_SELECTOR
from wallet.chain import open_chain
from wallet.chain.base import Capability, Unsupported
from wallet.services.calltree import Call, Names, call_tree, lines, tree_of
from wallet.signing.transaction import Transaction

TOKEN, SOMEBODY = "0x" + "11" * 20, "0x" + "22" * 20


def _functions(call: Call) -> list[str]:
    return [f"{one.contract}.{one.function}" for one in call.walk()]


@pytest.mark.anvil
def test_a_consumption_is_told_in_our_own_words(anvil_world: World) -> None:
    """The clone and its original are one call; names, arguments and answers are those of the contracts."""
    world = anvil_world
    context, chain = world.context, world.context.chain
    assert Capability.TRACE in chain.capabilities
    named = {world.consumer.address: "alice", world.merchant.address: "the shop"}
    bought = world.buy()
    made, opened = (
        call_tree(chain, bytes.fromhex(tx[2:]), context.platform, named) for tx in bought.transactions
    )
    assert _functions(made) == ["SubWalletFactory.create", "SubWallet of alice.constructor"]
    assert "SubWallet of alice.openWithAuthorization" in _functions(opened)
    assert "DigitalYuan.receiveWithAuthorization" in _functions(opened)

    done = world.consume(world.authorise(bought.card))
    tx_hash = bytes.fromhex(done.transaction[2:])
    tree = call_tree(chain, tx_hash, context.platform, named)
    assert (tree.contract, tree.function, tree.error) == ("SubWallet of alice", "consume", "")
    assert tree.address == bought.sub_wallet
    assert tree.arguments["consumption"]["usedAfter"] == 3000
    assert tree.arguments["terms"]["merchant"] == world.merchant.address
    assert _functions(tree)[1:] == ["ecrecover.", "StoredValue.released", "DigitalYuan.transfer"]
    recovered, released, paid = tree.calls
    assert recovered.answer == {"signer": world.consumer.address}
    assert list(released.answer.values()) == [done.paid]
    assert paid.arguments == {"to": world.merchant.address, "value": done.paid}
    receipt = chain.receipt(tx_hash)
    assert receipt is not None
    assert tree.gas == receipt.gas_used > paid.gas > 0
    shown = lines(tree, Names(chain, context.platform, named))
    assert shown[0].startswith("SubWallet of alice.consume(terms={…}, consumption={usedAfter=3000")
    assert shown[3] == f"  DigitalYuan.transfer(to=the shop, value={done.paid}) → True  [{paid.gas} gas]"

    # The same message a second time: mined, and refused by the contract.
    sent = chain.web3().eth.get_transaction(tx_hash)
    again = Transaction(
        chain.chain_id(), chain.nonce(world.merchant.address), bought.sub_wallet, bytes(sent["input"]),
        500_000, 10 * chain.base_fee(), 0, 0,
    )  # fmt: skip
    refused = chain.wait(chain.send_raw(world.merchant.sign_transaction(again)))
    assert not refused.ok
    tree = call_tree(chain, refused.tx_hash, context.platform, named)
    assert (tree.contract, tree.function, tree.answer) == ("SubWallet of alice", "consume", {})
    assert tree.error.startswith("SubWallet_TotalsNotGrowing(used=3000, used_after=3000")
    assert f"✗ {tree.error}" in lines(tree)[0]
    assert json.loads(json.dumps(tree.to_dict()))["calls"][0]["contract"] == "ecrecover"


@pytest.fixture
def names() -> Names:
    """Of a chain on which nothing stands."""
    return Names(open_chain("revm"), None, {TOKEN: "DigitalYuan", SOMEBODY: "bob"})


def _node(**fields: Any) -> dict[str, Any]:
    return {"type": "CALL", "to": TOKEN, "input": "0x", "gasUsed": "0x10", **fields}


def test_a_payment_a_creation_and_a_stranger(names: Names) -> None:
    assert lines(tree_of(_node(to=SOMEBODY), names)) == ["bob()  [16 gas]"]
    made = tree_of(_node(type="CREATE", input="0x6001", output="0x00"), names)
    assert (made.function, made.arguments, made.answer) == ("constructor", {}, {})
    unknown = tree_of(_node(to="0x" + "33" * 20, input="0x01020304ff"), names)
    assert (unknown.contract, unknown.function) == ("0x" + "33" * 20, "0x01020304")
    assert unknown.arguments == {"data": "0xff"}


def test_an_error_that_was_caught_stays_with_its_call(names: Names) -> None:
    transfer = "0x" + DigitalYuan(TOKEN).transfer(SOMEBODY, 5).data.hex()
    failed = _node(input=transfer, error="execution reverted", output="0x")
    tree = tree_of(_node(to=SOMEBODY, calls=[failed]), names)
    assert tree.error == ""
    assert tree.calls[0].error == "execution reverted"
    shown = lines(tree, names)
    assert shown[1] == "  DigitalYuan.transfer(to=bob, value=5) ✗ execution reverted  [16 gas]"


@pytest.mark.parametrize("selector", sorted(BY_SELECTOR)[::12])
def test_errors_are_named(names: Names, selector: bytes) -> None:
    kind = BY_SELECTOR[selector]
    inner = kind.types[1:-1].split(",") if kind.types != "()" else []
    values = [SOMEBODY if part == "address" else b"\1" * 32 if part == "bytes32" else 1 for part in inner]
    output = "0x" + (selector + encode(kind.types, values)).hex()
    tree = tree_of(_node(error="execution reverted", output=output), names)
    assert tree.error.startswith(f"{kind.name}(")


def test_calldata_that_does_not_fit_stays_bytes() -> None:
    call = DigitalYuan(TOKEN).transfer(SOMEBODY, 5)
    found = function_of(call.data, "DigitalYuan")
    assert found is not None
    assert (found.contract, found.name) == ("DigitalYuan", "transfer")
    assert found.arguments(call.data) == {"to": SOMEBODY, "value": 5}
    assert found.arguments(call.data[:-1]) == {"data": "0x" + call.data[4:-1].hex()}
    assert function_of(call.data, "NoSuchContract") is not None
    assert function_of(b"\x01\x02\x03") is None
    assert function_of(b"\xff\xff\xff\xff") is None


def test_a_chain_without_a_tracer_says_so() -> None:
    with open_chain("revm") as chain, pytest.raises(Unsupported) as caught:
        call_tree(chain, bytes(32), None)
    assert "anvil" in caught.value.hint
