"""How far a root of trust reaches, what is weaker than proof, and files that are nobody's."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import rlp

from tests.evidence.tale import (
    CONTRACT,
    DIRECT,
    PERMIT,
    SIGNED,
    Path,
    Tale,
    block_hashes,
    changed,
    read,
    resealed,
    write,
)
from tests.services.world import World
from wallet.chain.base import RawBlock, Unsupported
from wallet.chain.eth_tester import EthTesterChain
from wallet.evidence.findings import Verdict
from wallet.evidence.verify import verify
from wallet.keccak import keccak256
from wallet.services.context import Context
from wallet.services.evidence import export

pytestmark = pytest.mark.anvil

ODD: tuple[Any, ...] = (
    0, -1, 2**53 - 1, "", "x", "0x", "0xzz", "0X12", " ", [], {}, ["a"], {"a": "b"}, {"a": 1}, ["0x"], "²",
    "0x" + "00" * 32, "0x" + "ff" * 65, "😀", "9" * 80, "-1", "1e5", "\0",
)  # fmt: skip


class Forgetful:
    """A node that has thrown away old blocks' bodies, or gives no raw transactions."""

    def __init__(self, chain: Any, *, forgets: int = -1, raw: bool = True) -> None:
        self._chain, self._forgets, self._raw = chain, forgets, raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._chain, name)

    def raw_block(self, number: int) -> RawBlock | None:
        if number == self._forgets:
            raise Unsupported("give that block any more", "rpc")
        block: RawBlock | None = self._chain.raw_block(number)
        return block if self._raw or block is None else replace(block, transactions=None)


def on(context: Context, chain: Any) -> Context:
    return replace(context, chain=chain)


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in a file, inner ones included."""
    if path:
        yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[key], (*path, key))


def test_a_later_blocks_hash_ties_down_those_before_it_and_none_after(tale: Tale) -> None:
    """A header names its parent; without the headers in between nothing follows."""
    value = read(tale.files[SIGNED])
    events = [one["body"] for one in value["records"] if one["body"]["kind"] == "event"]
    blocks = {one["block"]: one["block_hash"] for one in events}
    numbers = sorted(blocks)
    report = verify(tale.files[SIGNED], block_hashes=[blocks[numbers[0]]])
    assert (report.verdict, report.trust.tied) == (Verdict.UNTIED, (blocks[numbers[0]],))
    run = [numbers[-1]]
    while run[-1] - 1 in blocks:
        run.append(run[-1] - 1)
    report = verify(tale.files[SIGNED], block_hashes=[blocks[numbers[-1]]])
    assert set(report.trust.tied) == {blocks[number] for number in run}


def test_headers_that_do_not_follow_one_another_are_not_of_one_chain(tale: Tale, anvil_world: World) -> None:
    """Also one that no record needs: a second header of a number, or one with another parent."""
    value = read(export(anvil_world.context, tale.cards[SIGNED], headers=True).file.to_bytes())
    name = sorted(value["headers"], key=lambda one: _number(value["headers"][one]))[1]
    parts = rlp.decode(bytes.fromhex(value["headers"][name][2:]))
    forged = rlp.encode([bytes(32), *parts[1:]])
    other = "0x" + keccak256(forged).hex()
    more = {**value, "headers": {**value["headers"], other: "0x" + forged.hex()}}
    report = verify(write(more), block_hashes=block_hashes(value))
    assert report.verdict is Verdict.ALTERED
    assert {one.code for one in report.findings} == {"continuity"}
    assert f"headers.{other}" in {one.field for one in report.findings}


def _number(header: str) -> int:
    return int.from_bytes(rlp.decode(bytes.fromhex(header[2:]))[8])


def test_evidence_of_another_chain(tale: Tale) -> None:
    with EthTesterChain(None) as chain:
        report = verify(tale.files[SIGNED], chain=chain)
    found = report.findings[0]
    assert (found.record, found.field, found.code) == (0, "chain_id", "other-chain")


@pytest.mark.parametrize("name", [SIGNED, PERMIT, DIRECT, CONTRACT])
def test_the_chain_itself_confirms(tale: Tale, anvil_world: World, name: str) -> None:
    report = verify(tale.files[name], chain=anvil_world.context.chain)
    assert (report.verdict, report.findings, report.trust.untied) == (Verdict.VERIFIED, (), ())


def test_without_raw_transactions_the_event_is_proven_and_its_transactions_hash_is_not(
    tale: Tale, anvil_world: World
) -> None:
    context = on(anvil_world.context, Forgetful(anvil_world.context.chain, raw=False))
    data = export(context, tale.cards[SIGNED]).file.to_bytes()
    report = verify(data, block_hashes=block_hashes(read(data)))
    assert (report.verdict, report.findings) == (Verdict.WEAKER, ())
    assert {one.code for one in report.notes} == {"transaction-unproven"}
    # A proof that is merely cut out of the file does not pass for more, either.
    value = read(tale.files[SIGNED])
    bare = {
        name: {k: v for k, v in one.items() if k != "transaction"} for name, one in value["proofs"].items()
    }
    report = verify(write({**value, "proofs": bare}), block_hashes=block_hashes(value))
    assert report.verdict is Verdict.WEAKER


def test_a_block_the_node_no_longer_gives_is_named_in_the_file(tale: Tale, anvil_world: World) -> None:
    chain = anvil_world.context.chain
    value = read(tale.files[SIGNED])
    use = next(one["body"] for one in value["records"] if one["body"].get("event") == "Consumed")
    context = on(anvil_world.context, Forgetful(chain, forgets=use["block"]))
    made = export(context, tale.cards[SIGNED])
    assert made.unproven == (use["number"],)
    data = made.file.to_bytes()
    report = verify(data, block_hashes=block_hashes(read(data)))
    assert (report.verdict, report.findings) == (Verdict.UNTIED, ())
    assert [(one.record, one.code) for one in report.notes] == [(use["number"], "unproven")]
    # Whoever can ask a chain learns it from there.
    assert verify(data, chain=chain).verdict is Verdict.VERIFIED
    # The list is part of what is sealed: a proof cannot be left out unmentioned.
    last: Path = ("records", len(read(data)["records"]) - 1, "body")
    silent = read(data)
    del silent["records"][last[1]]["body"]["unproven"]
    found = verify(write(resealed(silent)), block_hashes=block_hashes(read(data))).findings[0]
    assert (found.record, found.field, found.code) == (use["number"], "block_hash", "absent")


@pytest.mark.parametrize("name", [SIGNED, PERMIT, CONTRACT])
def test_whatever_stands_in_a_file_is_judged_and_breaks_nothing(tale: Tale, name: str) -> None:
    """Odd values anywhere: never a crash, and altered unless all hashes were made anew around them."""
    value = read(tale.files[name])
    spots, dice = list(places(value)), random.Random(tale.cards[name])
    for _ in range(25):
        bad, again = changed(value, dice.choice(spots), dice.choice(ODD)), dice.random() < 0.6
        try:
            data = write(resealed(bad) if again else bad)
        except (ValueError, TypeError, KeyError, AttributeError):
            continue  # not even our own writer can say it
        report = verify(data, block_hashes=block_hashes(value))
        assert again or report.verdict is Verdict.ALTERED or data == tale.files[name]
