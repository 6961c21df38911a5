"""The generated files: fresh, deterministic, formatted, and true to the ABI."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from wallet.bindings import structs
from wallet.bindings.abi import decode, encode
from wallet.bindings.generate import (
    CONTRACTS,
    FIRST,
    HERE,
    class_name,
    error_code,
    generate,
    read_artefacts,
    snake,
)  # fmt: skip
from wallet.chain.base import Log
from wallet.errors import EnvironmentFault
from wallet.keccak import keccak256
from wallet.terms import Terms

pytest.importorskip("ruff", reason="the generator formats with ruff, which this environment does not have")

ROOT = Path(__file__).resolve().parents[2]


def test_generated_files_are_fresh() -> None:
    """Each says that it is generated and is what the shipped artefacts give; none is left over."""
    fresh = generate(read_artefacts())
    there = {path.name: path.read_text() for path in HERE.glob("*.py") if path.read_text().startswith(FIRST)}
    assert sorted(there) == sorted(fresh), "run: python -m wallet.bindings.generate"
    for name, text in fresh.items():
        assert there[name] == text, f"{name} is stale; run: python -m wallet.bindings.generate"
    assert {snake(name) + ".py" for name in CONTRACTS} <= set(fresh)


def test_generated_files_pass_the_linter() -> None:
    """Formatting and rules are the project's own, with no exception for generated code."""
    for arguments in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, str(HERE)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout


def test_the_terms_people_sign_are_the_contracts_struct() -> None:
    """`wallet.terms.Terms` stands in for the Solidity struct, so field for field it has to be it."""
    assert "(" + ",".join(kind for _, kind in Terms.SCHEMA.fields) + ")" == structs.TERMS


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("walletOf", "wallet_of"),
        ("SubWalletFactory", "sub_wallet_factory"),
        ("DOMAIN_SEPARATOR", "domain_separator"),
        ("eip712Domain", "eip712_domain"),
        ("isERC20Token", "is_erc20_token"),
        ("_pending", "pending"),
    ],
)
def test_names(name: str, expected: str) -> None:
    """Solidity's names in Python's spelling."""
    assert snake(name) == expected


def test_names_of_errors() -> None:
    """A class name and a stable code."""
    assert class_name("SubWallet_CardNotOpen") == "SubWalletCardNotOpen"
    assert error_code("SubWallet_CardNotOpen") == "sub-wallet-card-not-open"
    assert error_code("ERC20InsufficientBalance") == "erc20-insufficient-balance"


def _function(name: str, *inputs: dict[str, Any], outputs: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {
        "type": "function", "name": name, "inputs": list(inputs), "outputs": list(outputs),
        "stateMutability": "view",
    }  # fmt: skip


def _param(kind: str, name: str = "", **more: Any) -> dict[str, Any]:
    return {"type": kind, "name": name, "internalType": kind, **more}


POINT = [_param("uint256", "x"), _param("address", "from")]


def test_overloads_structs_keywords_and_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything an ABI may hold becomes code that works: calls encode, answers decode, events read."""
    point = {"type": "tuple[]", "name": "points", "internalType": "struct A.Point[]", "components": POINT}
    abi = [
        _function("pay", _param("uint256", "lambda")),
        _function("pay", _param("address", "self"), outputs=(point, _param("string"))),
        _function("walk", point, _param("bytes"), outputs=({**point, "type": "tuple[2]"},)),
        {"type": "error", "name": "Bad_Thing", "inputs": [_param("bytes32", "message")]},
        {
            "type": "event", "name": "Seen", "anonymous": False,
            "inputs": [_param("string", "who", indexed=True), _param("uint8", "at", indexed=False)],
        },
        {"type": "constructor", "inputs": [_param("address", "owner")]},
    ]  # fmt: skip
    files = generate({"Thing": abi}, ["Thing"])
    module = ModuleType("made")
    monkeypatch.setitem(sys.modules, "made", module)
    space = module.__dict__
    for name in ("structs.py", "errors.py", "events.py", "thing.py"):
        text = files[name].replace("from wallet.bindings.structs import Point", "")
        exec(compile(text, name, "exec"), space)
    thing, point_class = space["Thing"]("0x" + "11" * 20), space["Point"]
    here = point_class(7, "0x" + "22" * 20)
    call = thing.walk([here], b"\x01")
    assert call.data[:4] == keccak256(b"walk((uint256,address)[],bytes)")[:4]
    assert decode("((uint256,address)[],bytes)", call.data[4:]) == (((7, here.from_),), b"\x01")
    answer = encode("((uint256,address)[2])", ([here.to_abi(), here.to_abi()],))
    assert call.read(answer) == (here, here)
    assert thing.pay_uint256(1).data[:4] != thing.pay_address(here.from_).data[:4]
    assert space["Thing"].creation(b"\xfe", here.from_) == b"\xfe" + encode("(address)", (here.from_,))
    assert space["BadThing"](b"\1" * 32).message_ == b"\1" * 32
    seen = space["Seen"]
    log = Log(here.from_, (seen.TOPIC, b"\5" * 32), encode("(uint8)", (3,)), 1, bytes(32), 0)
    assert (seen.decode(log).who, seen.decode(log).at) == (b"\5" * 32, 3)


def test_the_same_input_gives_the_same_text() -> None:
    """Order of contracts and of their functions does not matter."""
    abis = read_artefacts()
    turned = {name: list(reversed(abi)) for name, abi in reversed(abis.items())}
    assert generate(turned) == generate(abis)


@pytest.mark.parametrize("kind", ["struct", "error", "function"])
def test_names_that_would_clash_are_refused(kind: str) -> None:
    """Python code could not say which of two is meant."""
    tuples = [
        {"type": "tuple", "name": "p", "internalType": "struct Point", "components": POINT[:n]}
        for n in (1, 2)
    ]
    abi = {
        "struct": [_function("a", tuples[0]), _function("b", tuples[1])],
        "error": [
            {"type": "error", "name": "Bad", "inputs": []},
            {"type": "error", "name": "Bad", "inputs": [_param("bool", "x")]},
        ],
        "function": [_function("getIt"), _function("get_it")],
    }[kind]
    with pytest.raises(EnvironmentFault, match=r"rename|two "):
        generate({"Thing": abi}, ["Thing"])
