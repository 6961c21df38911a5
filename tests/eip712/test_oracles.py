"""Our digests against implementations in other languages: ethers (JavaScript), forge and cast (Rust).

Wallets that sign these messages are written in those languages, so a wrong type string or field order would
show here first. Each is skipped, with its reason, where npm did not install the tool.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.eip712.strategies import ALL_MESSAGES
from wallet.eip712 import Message, sub_wallet_domain
from wallet.eip712.signature import sign_digest
from wallet.eip712.typed_data import to_typed_data

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "node_modules"
DOMAIN = sub_wallet_domain(131277322940537, "0x" + "ab" * 20)
KEY = bytes(31) + b"\x07"

_SCRIPT = """
const { _TypedDataEncoder } = require("@ethersproject/hash");
const documents = JSON.parse(require("fs").readFileSync(0, "utf8"));
const digests = documents.map(({ domain, types, message }) => {
  const { EIP712Domain, ...rest } = types;
  return _TypedDataEncoder.hash(domain, rest, message);
});
process.stdout.write(JSON.stringify(digests));
"""


def sample(kind: type[Message], seed: int) -> Message:
    """A message with large, different values in every field."""
    values: dict[str, object] = {}
    for place, (name, (_, solidity)) in enumerate(
        zip(kind.SCHEMA.attributes, kind.SCHEMA.fields, strict=True)
    ):
        word = bytes((seed + 17 * place + i) % 256 for i in range(32))
        if solidity == "address":
            values[name] = "0x" + word[:20].hex()
        else:
            values[name] = word if solidity == "bytes32" else int.from_bytes(word, "big")
    return kind(**values)


SAMPLES = [sample(kind, seed) for kind in ALL_MESSAGES for seed in (0, 101, 255)]


def test_ethers_hashes_every_message_alike() -> None:
    """ethers' TypedDataEncoder, in one node process."""
    node = shutil.which("node")
    if node is None or not (MODULES / "@ethersproject" / "hash").is_dir():
        pytest.skip("node or npm's @ethersproject/hash is not installed")
    documents = json.dumps([to_typed_data(message, DOMAIN) for message in SAMPLES])
    done = subprocess.run(
        [node, "-e", _SCRIPT],
        input=documents,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(done.stdout) == ["0x" + message.digest(DOMAIN).hex() for message in SAMPLES]


@pytest.mark.parametrize("kind", ALL_MESSAGES, ids=lambda kind: kind.SCHEMA.name)
def test_cast_signs_every_message_alike(kind: type[Message]) -> None:
    """cast signs the same digest: both signatures are deterministic, so they are equal byte by byte."""
    cast = MODULES / ".bin" / "cast"
    if not cast.exists():
        pytest.skip("npm's @foundry-rs/cast is not installed")
    message = sample(kind, 5)
    document = json.dumps(to_typed_data(message, DOMAIN))
    done = subprocess.run(
        [str(cast), "wallet", "sign", "--private-key", "0x" + KEY.hex(), "--data", document],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert bytes.fromhex(done.stdout.strip()[2:]) == sign_digest(KEY, message.digest(DOMAIN))


def test_forge_derives_the_type_strings_from_the_structs() -> None:
    """forge reads the Solidity structs themselves and prints each type string and its hash."""
    forge = MODULES / ".bin" / "forge"
    if not forge.exists():
        pytest.skip("npm's @foundry-rs/forge is not installed")
    file = "contracts/mocks/TypedMessages.sol"
    done = subprocess.run(
        [str(forge), "eip712", file, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    theirs = {entry["type"]: entry["hash"] for entry in json.loads(done.stdout)}
    for_a_wallet = "Purchase, Consume, Voucher, Terminate, BumpEpoch, Redirect, Certificate, Transfer"
    wanted = for_a_wallet.split(", ")
    ours = {kind.SCHEMA.name: kind.SCHEMA for kind in ALL_MESSAGES}
    for name in wanted:
        assert theirs.get(ours[name].type_string) == "0x" + ours[name].type_hash.hex(), name
