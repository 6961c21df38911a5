"""What may become a template: `template_registry.tree`."""

from __future__ import annotations

from random import Random

import pytest

from tests.contracts.craft import INVALID, LOOP, OBEDIENT, REVERT, STOP, push, word
from tests.contracts.harness import Contract, World, artefact, raises
from wallet.eip712 import keccak256, to_checksum
from wallet.rules import REFERENCE_TEMPLATES

SOURCE = to_checksum(b"\x5c" * 20)

# Opcodes by what they read or do; none of them may decide what a consumer gets.
WORLDLY = {
    "ADDRESS": 0x30,
    "BALANCE": 0x31,
    "ORIGIN": 0x32,
    "CALLER": 0x33,
    "GASPRICE": 0x3A,
    "EXTCODESIZE": 0x3B,
    "EXTCODECOPY": 0x3C,
    "RETURNDATASIZE": 0x3D,
    "RETURNDATACOPY": 0x3E,
    "EXTCODEHASH": 0x3F,
    "BLOCKHASH": 0x40,
    "COINBASE": 0x41,
    "TIMESTAMP": 0x42,
    "NUMBER": 0x43,
    "PREVRANDAO": 0x44,
    "GASLIMIT": 0x45,
    "CHAINID": 0x46,
    "SELFBALANCE": 0x47,
    "BASEFEE": 0x48,
    "BLOBHASH": 0x49,
    "BLOBBASEFEE": 0x4A,
    "SLOAD": 0x54,
    "SSTORE": 0x55,
    "GAS": 0x5A,
    "TLOAD": 0x5C,
    "TSTORE": 0x5D,
    "LOG0": 0xA0,
    "LOG4": 0xA4,
    "CREATE": 0xF0,
    "CALL": 0xF1,
    "CALLCODE": 0xF2,
    "DELEGATECALL": 0xF4,
    "CREATE2": 0xF5,
    "STATICCALL": 0xFA,
    "SELFDESTRUCT": 0xFF,
}

# The allow-list, written down a second time from the yellow paper's groups.
PURE = {
    *range(0x0C),  # STOP, arithmetic
    *range(0x10, 0x1E),  # comparison, bits
    0x20,  # KECCAK256
    *range(0x34, 0x3A),  # CALLVALUE … CODECOPY
    *range(0x50, 0x54),  # POP, MLOAD, MSTORE, MSTORE8
    *range(0x56, 0x5A),  # JUMP, JUMPI, PC, MSIZE
    0x5B,  # JUMPDEST
    *range(0x5E, 0xA0),  # MCOPY, PUSH, DUP, SWAP
    0xF3,
    0xFD,
    0xFE,  # RETURN, REVERT, INVALID
}


def offence(code: bytes) -> tuple[int, int] | None:
    """Place and opcode of the first reachable offence, found another way: first cut into instructions, then
    into blocks that start at the beginning or at a JUMPDEST and end at a terminator."""
    instructions: list[tuple[int, int]] = []
    place = 0
    while place < len(code):
        instructions.append((place, code[place]))
        place += code[place] - 0x5E if 0x60 <= code[place] <= 0x7F else 1
    starts = [n for n, (_, opcode) in enumerate(instructions) if n == 0 or opcode == 0x5B]
    for start in starts:
        for where, opcode in instructions[start:]:
            if opcode not in PURE:
                return where, opcode
            if opcode in (0x00, 0x56, 0xF3, 0xFD, 0xFE):
                break
    return None


def source(world: World, code: bytes) -> str:
    """An account with this code."""
    return world.put_code(SOURCE, code)


def admitted(world: World, code: bytes) -> bool:
    """Whether the registry admits the code; if not, its reason is compared with ours."""
    wrong = offence(code)
    if wrong is not None:
        with raises("TemplateRegistry_NotPure", *wrong):
            world.templates.register(source(world, code))
    else:
        world.templates.register(source(world, code))
    return wrong is None


def test_register_deploys_the_same_code_at_an_address_that_follows_from_it(world: World) -> None:
    template = world.templates.register(source(world, OBEDIENT))
    assert world.named("TemplateAdmitted")[0].args == {
        "template": template,
        "source": "0x5c5C5c5C5c5C5C5c5c5C5c5C5c5C5C5C5C5c5c5c",
        "codeHash": keccak256(OBEDIENT),
    } or world.named("TemplateAdmitted")[0].args["codeHash"] == keccak256(OBEDIENT)
    assert world.code(template).rstrip(b"\0") == OBEDIENT.rstrip(b"\0")
    assert template == world.templates.addressOf(keccak256(OBEDIENT))
    assert world.templates.isAdmitted(template)


def test_register_answers_the_same_address_again_and_deploys_nothing(world: World) -> None:
    template = world.admit(OBEDIENT)
    assert world.templates.register(source(world, OBEDIENT)) == template
    assert world.events == []
    assert world.templates.register(template) == template


def test_register_admits_the_templates_we_ship(world: World) -> None:
    for name in REFERENCE_TEMPLATES:
        template = world.templates.register(world.deploy(name))
        assert template == world.templates.addressOf(keccak256(artefact(name).runtime))


def test_register_lets_anyone_register(world: World) -> None:
    template = world.templates.register(source(world, OBEDIENT), sender=world.stranger)
    assert world.templates.isAdmitted(template)


def test_register_reverts_when_there_is_nothing_to_admit(world: World) -> None:
    for empty in (world.alice.address, "0x" + "00" * 20, source(world, b"")):
        with raises("TemplateRegistry_NoCode", empty):
            world.templates.register(empty)


def test_register_reverts_at_its_first_byte(world: World) -> None:
    for code in (b"\xef", b"\xef\x00\x01" + OBEDIENT, b"\xef" + STOP):
        with raises("TemplateRegistry_NotPure", 0, 0xEF):
            world.templates.register(source(world, code))


def test_register_reverts_for_an_account_with_delegated_code(world: World) -> None:
    delegate = bytes.fromhex("ef0100") + bytes.fromhex(world.stored_value[2:])
    with raises("TemplateRegistry_NotPure", 0, 0xEF):
        world.templates.register(source(world, delegate))


def test_register_reverts_for_each_of_them_wherever_reachable(world: World) -> None:
    assert not PURE & set(WORLDLY.values())
    for opcode in WORLDLY.values():
        bad = bytes([opcode])
        with raises("TemplateRegistry_NotPure", 0, opcode):
            world.templates.register(source(world, bad))
        with raises("TemplateRegistry_NotPure", len(OBEDIENT) + 1, opcode):
            world.templates.register(source(world, OBEDIENT + b"\x5b" + bad))


def test_scan_agrees_with_a_second_implementation_on_each_of_256_opcodes(world: World) -> None:
    allowed = {opcode for opcode in range(256) if admitted(world, bytes([opcode]) + bytes(40))}
    assert allowed == PURE


def test_scan_agrees_with_a_second_implementation_on_random_code(world: World) -> None:
    random = Random(7)
    # Mostly pure code with terminators, jump destinations and pushes, so that both outcomes are common.
    usual = [0x5B, 0x00, 0x56, 0xF3, 0x60, 0x61, 0x7F, 0x01, 0x35, 0x80, 0x5F]
    outcomes = []
    for _ in range(600):
        size = random.randrange(1, 60)
        code = bytes(
            random.randrange(256) if random.random() < 0.05 else random.choice(usual) for _ in range(size)
        )
        outcomes.append(admitted(world, code))
    assert 100 < sum(outcomes) < 550


def test_scan_steps_over_push_data_that_hides_a_forbidden_opcode(world: World) -> None:
    for size in range(1, 33):
        hidden = bytes([0x5F + size]) + b"\x42" * size
        assert admitted(world, hidden + STOP)
        # One byte fewer of data and the last one is an instruction.
        assert not admitted(world, bytes([0x5F + size - 1]) + b"\x42" * size + STOP)


def test_scan_is_not_misled_by_push_data_that_swallows_a_terminator(world: World) -> None:
    # PUSH1 with the terminator as its data: what follows is still reachable.
    with raises("TemplateRegistry_NotPure", 2, 0x42):
        world.templates.register(source(world, b"\x60\x00\x42"))
    # Behind a terminator a PUSH may swallow the JUMPDEST as well, as the machine sees it.
    assert admitted(world, b"\x00\x60\x5b\x42")
    assert not admitted(world, b"\x00\x60\x00\x5b\x42")


def test_scan_ignores_a_jumpdest_inside_push_data(world: World) -> None:
    code = STOP + b"\x61\x5b\x42" + b"\x42"
    assert admitted(world, code)
    # The machine agrees: a jump there fails.
    jump = b"\x60\x05\x56" + STOP + b"\x61\x5b\x42"
    place = world.put_code("0x" + "5d" * 20, jump)
    with raises("Halt", "InvalidJump"):
        world.ask(place, b"")


@pytest.mark.parametrize("end", [STOP, push(0) + b"\x56", push(0) * 2 + b"\xf3", REVERT, INVALID])
def test_scan_skips_what_stands_behind_a_terminator(world: World, end: bytes) -> None:
    assert admitted(world, b"\x5b" + end + bytes(WORLDLY.values()).replace(b"\x5b", b""))


def test_scan_finds_what_is_reached_behind_a_terminator_through_a_jumpdest(world: World) -> None:
    # PUSH1 4, JUMP, STOP, JUMPDEST, TIMESTAMP, answer it.
    code = b"\x60\x04\x56\x00\x5b\x42" + bytes.fromhex("5f5260205ff3")
    with raises("TemplateRegistry_NotPure", 5, 0x42):
        world.templates.register(source(world, code))
    # It would have answered the time.
    assert int.from_bytes(world.ask(source(world, code), b"")) == world.now


def test_scan_treats_the_end_of_a_jumpi_as_reachable(world: World) -> None:
    with raises("TemplateRegistry_NotPure", 3, 0x42):
        world.templates.register(source(world, b"\x5f\x5f\x57\x42"))


def test_scan_accepts_metadata_behind_the_code(world: World) -> None:
    # CBOR as solc appends it behind an INVALID: full of opcodes that are not ours.
    metadata = INVALID + bytes.fromhex("a264697066735822122042424242545aff64736f6c63430008250033")
    runtime = artefact("StoredValue").runtime
    template = world.admit(runtime + metadata)
    assert template != world.stored_value
    assert world.templates.isAdmitted(template)


def test_scan_accepts_code_that_ends_inside_push_data(world: World) -> None:
    for code in (b"\x60", b"\x7f" + b"\x42" * 5, LOOP + b"\x61\x42"):
        assert admitted(world, code)


def test_scan_names_the_first_offence_and_its_place(world: World) -> None:
    with raises("TemplateRegistry_NotPure", 3, 0x42):
        world.templates.register(source(world, push(0x4254) + b"\x42\x54\xff"))


def test_address_of_follows_from_the_codes_hash_and_the_shells_hash_alone(world: World) -> None:
    registry, salt = bytes.fromhex(world.templates.address[2:]), keccak256(OBEDIENT)
    derived = keccak256(b"\xff" + registry + salt + world.templates.shellHash())[12:]
    assert bytes.fromhex(world.templates.addressOf(salt)[2:]) == derived
    assert world.templates.shellHash() == keccak256(artefact("TemplateShell").bytecode)


def test_address_of_is_where_a_sub_wallet_expects_the_template(world: World) -> None:
    source_only = world.deploy_runtime(word(1))
    terms = world.terms(template=source_only)
    with raises("SubWallet_TemplateNotAdmitted", source_only):
        world.open(world.alice, terms)
    world.open(world.alice, world.terms(template=world.admit(source_only)))


def test_is_admitted_is_false_for_the_source_and_other_contracts(world: World) -> None:
    copy: Contract = world.deploy("StoredValue")
    assert world.templates.isAdmitted(world.stored_value)
    assert not world.templates.isAdmitted(copy)
    assert not world.templates.isAdmitted(world.yuan)


def test_is_admitted_is_false_for_an_account_without_code(world: World) -> None:
    for salt in (bytes(32), keccak256(b"")):
        ghost = world.templates.addressOf(salt)
        assert not world.templates.isAdmitted(ghost)
        world.evm.set_balance(ghost, 1)
        assert not world.templates.isAdmitted(ghost)


def test_pending_code_reverts_while_nothing_is_being_admitted(world: World) -> None:
    with raises("TemplateRegistry_NothingPending"):
        world.templates.pendingCode()
    world.admit(OBEDIENT)
    with raises("TemplateRegistry_NothingPending"):
        world.templates.pendingCode()
