"""Ways in which rules could cheat: templates, their gas, the registry: rows of docs/pitfalls.md."""

from __future__ import annotations

from typing import Any

import pytest
from pyrevm import BlockEnv

from tests.contracts.craft import (
    INVALID,
    LOOP,
    OBEDIENT,
    PARAMS0,
    PARAMS1,
    REVERT,
    STOP,
    field,
    push,
    short,
    template,
    word,
)
from tests.contracts.evm import GAS
from tests.contracts.harness import OWING, RICH, Contract, Refused, World, artefact, raises
from wallet.eip712 import keccak256
from wallet.rules.model import Cause
from wallet.terms import LIST, Terms

LAW = {"bonus": 30_000, "consumer_formula": LIST}
HONEST, BETTER = 97_000, 97_693
"""Fen back after 30 yuan of use: the consumer's wish at list price; the merchant's fault by ratio."""


def opened(world: World, **fields: Any) -> Terms:
    terms = world.terms(**fields)
    world.open(world.alice, terms)
    return terms


def leave(world: World, terms: Terms, gas: int = GAS) -> int:
    return int(world.wallet(world.alice).terminate(terms, 0, sender=world.alice, gas=gas))


def hesitate(rounds: int, then: bytes) -> bytes:
    """A body that counts down `rounds` times, about 30 gas each, and then answers."""
    start = push(rounds) + bytes.fromhex("5b6001900380")  # JUMPDEST, one less, keep a copy
    # A jump relative to itself: PC less the distance back to the JUMPDEST.
    return start + bytes.fromhex("586006900357") + b"\x50" + then


def test_pitfall_a_template_misbehaves(world: World) -> None:
    """It reverts, loops, answers too little or too much: charges fail clearly or stay within what was signed,
    and the exit refunds what is held."""
    for body in (REVERT, INVALID, STOP, LOOP, short(31, 9), short(0)):
        terms = opened(world, template=world.admit(template(body, body)))
        with raises("SubWallet_TemplateFailed", terms.template):
            world.consume(world.alice, terms, used=10)
        assert leave(world, terms) == 100_000
    # More bytes than a word do no harm.
    for size in (33, 64, 90_000):
        terms = opened(world, template=world.admit(template(short(size, 9), short(size, 99_991))))
        assert world.consume(world.alice, terms, used=10) == 9
        assert leave(world, terms) == 99_991
    # A number beyond what was signed moves nothing; one beyond the principal is cut at the principal.
    terms = opened(world, template=world.admit(template(word(2**256 - 1), word(0))))
    with raises("SubWallet_PaysTooMuch", 100_000, 500):
        world.consume(world.alice, terms, used=10, max_pay=500)
    assert world.consume(world.alice, terms, used=10, max_pay=100_000) == 100_000
    # Fails at exit only: what is held comes back, no fee.
    terms = opened(
        world, template=world.admit(template(word(400), LOOP)), exit_fee_bps=1_000, exit_fee_cap=9_999
    )
    world.consume(world.alice, terms, used=10)
    assert leave(world, terms) == 99_600


def test_pitfall_a_template_calls_back(world: World) -> None:
    """None that can call, read state or see the caller is admitted, so there is nothing to call back with."""
    for opcode in (0xF1, 0xF2, 0xF4, 0xFA, 0xF0, 0xF5, 0x54, 0x55, 0x33, 0xFF):
        with raises("TemplateRegistry_NotPure", 0, opcode):
            world.admit(bytes([opcode]))


@pytest.mark.parametrize("carried", [False, True])
def test_pitfall_starving_the_template_of_gas_at_exit(world: World, carried: bool) -> None:
    """With any gas limit the exit either reverts or pays the honest refund: a starved template is never taken
    for a failing one. The template here needs most of its allowance, the worst case."""
    slow = template(hesitate(2_600, field(PARAMS0)), hesitate(2_600, field(PARAMS1)))
    terms = opened(world, template=world.admit(slow), params0=500, params1=60_000)
    world.consume(world.alice, terms, used=1, listed_after=50_000)
    starved(world, terms, 60_000, carried)


@pytest.mark.parametrize("carried", [False, True])
def test_pitfall_starving_the_registry_of_gas_at_exit(world: World, carried: bool) -> None:
    """The same for the question whether the merchant stopped, whose failure would favour the consumer."""
    terms = opened(world, **LAW)
    world.consume(world.alice, terms, used=3_000)
    starved(world, terms, HONEST, carried)


def starved(world: World, terms: Terms, honest: int, carried: bool) -> None:
    """Try many gas limits, directly and through another contract; both outcomes must occur."""
    leaving = world.termination(world.alice, terms)
    signature = world.sign(world.alice, world.alice, leaving)
    wallet = world.wallet(world.alice)
    data = wallet.encode("terminateBySig", terms, 0, leaving.deadline, signature)
    outcomes, reasons = set(), set()
    for gas in [*range(25_000, 600_000, 2_500), *range(180_000, 330_000, 500)]:
        with world.rollback():
            before = world.balance(world.alice)
            try:
                if carried:
                    world.relay.relay([wallet], [data], gas, gas=gas + 60_000)
                    failed = world.named("RelayFailed")
                    reasons |= {world.explain(each.args["reason"]).name for each in failed}
                else:
                    world.transact(wallet, data, gas=gas)
            except Refused as refused:
                reasons.add(refused.name)
            back = world.balance(world.alice) - before
            assert back in (0, honest), f"{gas} gas bought a refund of {back}"
            outcomes.add(back)
    assert outcomes == {0, honest}
    assert "SubWallet_GasTooLow" in reasons


def test_pitfall_a_template_changes_its_answer_after_purchase(world: World) -> None:
    """The same question gets the same answer whoever asks, whenever, after whatever calls."""
    terms = opened(world, **LAW)
    question = (terms.values(), (3_000, 3_000, 0, 5, 0, 0), 1)
    rules: Contract = world.at(terms.template, artefact("StoredValue"))
    data = rules.encode("entitlement", *question)
    answer = world.ask(rules, data)
    code = world.code(terms.template)
    world.advance(days=4_000)
    world.evm.set_block_env(
        BlockEnv(number=10**7, timestamp=world.now, coinbase=world.bob.address, basefee=0, gas_limit=GAS)
    )
    world.evm.set_balance(terms.template, 10**18)
    leave(world, terms)
    for sender in (world.alice, world.bob, world.operator):
        for gas in (60_000, 10**6, GAS):
            assert world.ask(rules, data, sender=sender, gas=gas) == answer
    assert world.admit(world.deploy("StoredValue")) == terms.template
    assert world.code(terms.template) == code


def test_pitfall_a_number_is_truncated(world: World) -> None:
    """Whatever does not fit its place in the card is refused; whatever the template says is bounded first."""
    terms = opened(world, takes_vouchers=1)
    for number in (2**48, 2**48 + 5, 2**64, 2**256 - 1):
        for fields in ({"used": number}, {"used": 1, "listed_after": number}):
            with raises("SubWallet_NumberTooLarge", number):
                world.consume(world.alice, terms, **fields)
            with raises("SubWallet_NumberTooLarge", number):
                world.redeem(world.alice, terms, **fields)
    id_ = world.card_id(world.alice, terms)
    for epoch in (2**16, 2**16 + 1, 2**256 - 1):
        with raises("SubWallet_NumberTooLarge", epoch):
            world.wallet(world.alice).bumpEpoch(id_, epoch, sender=world.alice)
    # 2**48 + 7 would be 7 if it were cut.
    greedy = opened(world, template=world.admit(OBEDIENT), params0=2**48 + 7, params1=2**48 + 9)
    assert world.consume(world.alice, greedy, used=1) == 100_000
    assert world.wallet(world.alice).quote(greedy)[0] == 100_000


def test_pitfall_a_template_owes_nothing_or_releases_everything(world: World) -> None:
    """At exit the merchant's total is at most what was released or used at list price, plus the capped fee;
    an advance and what time earns are limited by plain fields of the terms."""
    greedy = world.admit(OBEDIENT)
    terms = opened(
        world, template=greedy, params0=0, params1=0, advance=700, exit_fee_bps=1_000, exit_fee_cap=250
    )
    assert leave(world, terms) == 100_000 - 250
    terms = opened(world, template=greedy, params0=2**256 - 1, advance=700)
    assert world.card(world.alice, terms).released == 700
    assert leave(world, terms) == 99_300
    terms = opened(world, template=greedy, params0=2**255, accrual=40, accrual_days=30, cooling_days=7)
    world.advance(days=95)
    world.wallet(world.alice).settle(terms)
    assert world.card(world.alice, terms).released == 120
    assert leave(world, terms) == 99_880
    terms = opened(world, template=greedy, params0=10)
    world.consume(world.alice, terms, used=1, listed_after=900, max_pay=10)
    assert leave(world, terms) == 99_100
    assert world.card(world.alice, terms)[3:6:2] == (890, OWING)


def test_pitfall_a_template_with_delegated_or_empty_or_impure_code(world: World) -> None:
    """Neither the registry nor the sub-wallet takes code that may change or that sees the world."""
    delegate = bytes.fromhex("ef0100") + bytes.fromhex(world.stored_value[2:])
    ghosts = [world.templates.addressOf(salt) for salt in (bytes(32), keccak256(b""), keccak256(delegate))]
    world.evm.set_balance(ghosts[1], 1)
    delegated = world.put_code("0x" + "7d" * 20, delegate)
    with raises("TemplateRegistry_NotPure", 0, 0xEF):
        world.templates.register(delegated)
    with raises("TemplateRegistry_NoCode", world.bob):
        world.templates.register(world.bob)
    for opcode in (0x5A, 0x33, 0x32, 0x42, 0x54, 0xF1, 0x3F, 0xFA, 0xEF, 0x0C):  # GAS, CALLER, ORIGIN, …
        with raises("TemplateRegistry_NotPure", 2, opcode):
            world.admit(b"\x60\x01" + bytes([opcode]))
    for address in (*ghosts, delegated, world.bob.address, world.deploy_runtime(OBEDIENT).address):
        with raises("SubWallet_TemplateNotAdmitted"):
            opened(world, template=address)


@pytest.mark.parametrize("answer", range(1, 8))
def test_pitfall_the_look_up_of_a_merchant_fails_or_lies(answer: int) -> None:
    """Whatever the registry does at exit, the consumer gets at least what its own wish would bring, and no
    more than what is held."""
    world = World()
    registry = world.deploy("HostileRegistry")
    world.found(merchants=registry)
    terms = opened(world, **LAW)
    world.consume(world.alice, terms, used=3_000)
    assert world.wallet(world.alice).quote(terms) == (HONEST, Cause.CONSUMER)
    registry.decide(answer)
    honest = answer == 4  # "it performs", in a word, and many bytes behind it
    assert leave(world, terms) == (HONEST if honest else BETTER)
    assert world.named("Closed")[0].args["cause"] == (Cause.CONSUMER if honest else Cause.NOT_CONSUMER)
    left = world.balance(world.wallet(world.alice))
    assert world.balance(world.alice) + world.balance(world.shop) + left == RICH
