"""The contracts' events that belong into a card's evidence, by their declarations.

Kept apart from the generated bindings on purpose: these declarations are printed in the page that describes
the format, and whoever checks a file reads events by them alone. All values are words of 32 bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from wallet.evidence.blocks import RawLog
from wallet.evidence.canonical import Json
from wallet.keccak import keccak256
from wallet.terms import Terms

SUB_WALLET: Final = "SubWallet"
MERCHANTS: Final = "MerchantRegistry"
DISPUTES: Final = "Disputes"
GUARANTOR: Final = "Guarantor"
"""Whatever stands behind a card whose custody is partial: pool, platform or fund."""

DECLARED: Final = (
    (SUB_WALLET, "pay", "Opened(bytes32 indexed card,address indexed merchant,Terms terms)"),
    (SUB_WALLET, "release", "Advanced(bytes32 indexed card,uint256 paid)"),
    (
        SUB_WALLET,
        "consume",
        "Consumed(bytes32 indexed card,bytes32 indexed charge,uint256 used,uint256 listed,uint256 paid,"
        "uint256 released)",
    ),
    (
        SUB_WALLET,
        "consume",
        "Redeemed(bytes32 indexed card,uint256 used,uint256 listed,uint256 paid,uint256 released)",
    ),
    (
        SUB_WALLET,
        "certify",
        "Certified(bytes32 indexed card,bytes32 indexed evidence,uint256 used,uint256 listed,uint256 paid,"
        "uint256 released)",
    ),
    (SUB_WALLET, "release", "Accrued(bytes32 indexed card,uint256 paid,uint256 released)"),
    (
        SUB_WALLET,
        "refund",
        "Closed(bytes32 indexed card,uint8 cause,uint256 refund,uint256 toCollect,uint256 shortfall)",
    ),
    (SUB_WALLET, "collect", "Collected(bytes32 indexed card,address indexed to,uint256 amount)"),
    (
        SUB_WALLET,
        "claim",
        "ShortfallPaid(bytes32 indexed card,address indexed payer,uint256 amount,uint256 left)",
    ),
    (
        SUB_WALLET,
        "finding",
        "FindingApplied(bytes32 indexed card,bool notConsumer,uint256 listed,uint256 epoch)",
    ),
    (
        SUB_WALLET,
        "transfer",
        "Transferred(bytes32 indexed card,bytes32 indexed newCard,uint256 moved,uint256 topUp,"
        "uint256 cashBack)",
    ),
    (SUB_WALLET, "void", "EpochBumped(bytes32 indexed card,uint256 epoch)"),
    (MERCHANTS, "merchant", "MerchantStatusChanged(address indexed merchant,uint8 status,uint256 since)"),
    (MERCHANTS, "tier", "MerchantTierChanged(address indexed merchant,uint256 tier,uint256 since)"),
    (
        DISPUTES,
        "dispute",
        "DisputeRaised(address indexed wallet,bytes32 indexed card,address indexed merchant,uint8 ground,"
        "bytes32 reason,uint256 round)",
    ),
    (
        DISPUTES,
        "dispute",
        "DisputeRefused(address indexed wallet,bytes32 indexed card,address indexed merchant,bytes32 answer)",
    ),
    (
        DISPUTES,
        "dispute",
        "DisputeEscalated(address indexed wallet,bytes32 indexed card,address indexed merchant,uint8 forum,"
        "uint256 round)",
    ),
    (
        DISPUTES,
        "dispute",
        "DisputeRuled(address indexed wallet,bytes32 indexed card,address indexed arbiter,bytes32 ruling)",
    ),
    (
        DISPUTES,
        "dispute",
        "DisputeSettled(address indexed wallet,bytes32 indexed card,uint256 round)",
    ),
    (
        DISPUTES,
        "finding",
        "Found(address indexed wallet,bytes32 indexed card,address indexed by,bool notConsumer,"
        "uint256 listedAtMost,uint256 epoch)",
    ),
    (
        GUARANTOR,
        "guarantee",
        "CardAccepted(bytes32 indexed card,address indexed wallet,address indexed merchant,uint256 promised,"
        "uint256 until)",
    ),
    (
        GUARANTOR,
        "claim",
        "ClaimFiled(bytes32 indexed card,address indexed wallet,address indexed merchant,uint8 trigger,"
        "uint256 amount)",
    ),
    (
        GUARANTOR,
        "claim",
        "EvidenceAttached(bytes32 indexed card,address indexed by,bytes32 evidence)",
    ),
    (GUARANTOR, "claim", "ClaimConfirmed(bytes32 indexed card,address indexed assessor)"),
    (GUARANTOR, "claim", "ClaimRefused(bytes32 indexed card,address indexed assessor,bytes32 reason)"),
    (
        GUARANTOR,
        "claim",
        "ClaimPaid(bytes32 indexed card,address indexed wallet,address indexed merchant,uint256 amount)",
    ),
    (GUARANTOR, "guarantee", "GuaranteeReleased(bytes32 indexed card,uint256 promised)"),
)
"""The contract that says it, the stage of the card's life it belongs to, and the declaration."""

_STRUCTS: Final = {"Terms": tuple((kind, name) for name, kind in Terms.SCHEMA.fields)}
_WORD: Final = 32
_SHAPE: Final = re.compile(r"(\w+)\((.*)\)")


class Undecodable(ValueError):
    """A log that is not what its topic declares. `topic` says whether a topic is at fault, else the data."""

    def __init__(self, why: str, *, place: str) -> None:
        super().__init__(why)
        self.place = place


@dataclass(frozen=True, slots=True)
class Field:
    """One word of an event: the path of its value, its type, and whether it is a topic."""

    path: tuple[str, ...]
    kind: str
    indexed: bool


@dataclass(frozen=True, slots=True)
class Declaration:
    """One event. `topic` is keccak256 of name and types, structs written as the tuples they are."""

    contract: str
    stage: str
    name: str
    topic: bytes
    fields: tuple[Field, ...]

    def places(self, name: str) -> list[int]:
        """Which topics (1 to 3) hold the values of that name, or of a name that ends so."""
        indexed = [field.path[0].lower() for field in self.fields if field.indexed]
        return [place for place, one in enumerate(indexed, 1) if one.endswith(name)]

    def read(self, log: RawLog) -> dict[str, Json]:
        """The values of `log` by name, a struct as an object; Undecodable names the place at fault."""
        topics = [field for field in self.fields if field.indexed]
        plain = [field for field in self.fields if not field.indexed]
        if log.topics[:1] != (self.topic,) or len(log.topics) != 1 + len(topics):
            raise Undecodable(f"its topics are not those of {self.name}", place="topics")
        if len(log.data) != _WORD * len(plain):
            raise Undecodable(f"{self.name} has {_WORD * len(plain)} bytes of data", place="data")
        words = [log.data[at : at + _WORD] for at in range(0, len(log.data), _WORD)]
        values: dict[str, Json] = {}
        for number, (field, word) in enumerate(zip(topics, log.topics[1:], strict=True), 1):
            _put(values, field.path, text_of(field.kind, word, place=f"topics.{number}"))
        for field, word in zip(plain, words, strict=True):
            _put(values, field.path, text_of(field.kind, word, place="data"))
        return values


def text_of(kind: str, word: bytes, *, place: str) -> str:
    """A word of 32 bytes as a file writes it: a number in decimal, other things in lower hexadecimal."""
    if kind == "bytes32":
        return "0x" + word.hex()
    if kind == "address":
        if any(word[:12]):
            raise Undecodable("an address has twenty bytes", place=place)
        return "0x" + word[12:].hex()
    bits = 1 if kind == "bool" else int(kind.removeprefix("uint"))
    number = int.from_bytes(word)
    if number >> bits:
        raise Undecodable(f"{number} does not fit {kind}", place=place)
    return str(number)


@cache
def declarations() -> dict[bytes, Declaration]:
    """Every declaration by its topic."""
    return {one.topic: one for one in (_parse(*row) for row in DECLARED)}


@cache
def by_name() -> dict[str, Declaration]:
    """Every declaration by the event's name."""
    return {one.name: one for one in declarations().values()}


def _parse(contract: str, stage: str, text: str) -> Declaration:
    found = _SHAPE.fullmatch(text)
    assert found is not None, text
    fields: list[Field] = []
    types: list[str] = []
    for parameter in found[2].split(","):
        kind, *indexed, name = parameter.split(" ")
        struct = _STRUCTS.get(kind)
        if struct is None:
            fields.append(Field((name,), kind, bool(indexed)))
            types.append(kind)
        else:
            fields += [Field((name, member), inner, False) for inner, member in struct]
            types.append(f"({','.join(inner for inner, _ in struct)})")
    topic = keccak256(f"{found[1]}({','.join(types)})".encode())
    return Declaration(contract, stage, found[1], topic, tuple(fields))


def _put(values: dict[str, Json], path: tuple[str, ...], text: str) -> None:
    *outer, last = path
    for name in outer:
        inner = values.setdefault(name, {})
        assert isinstance(inner, dict)
        values = inner
    values[last] = text
