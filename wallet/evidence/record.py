"""One sealed record: what happened, a hash for each field of it, and one that ties it to the record before.

The hash of each field is what names an altered field; the hash over all of them and over the record before
is what makes the order unalterable. What a record may say is `kinds`' business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any, Final

from wallet.evidence.canonical import Json, digest, leaves, parse, spell

NONE_BEFORE: Final = "0" * 64
"""Stands for the hash before the first record."""


@dataclass(frozen=True, slots=True)
class Record:
    """`seals` maps the path of every field in `body` to its hash; hashes are hexadecimal without 0x."""

    body: dict[str, Json]
    seals: dict[str, str]
    previous: str
    hash: str

    def to_dict(self) -> dict[str, Json]:
        """As it stands in a file."""
        return {"body": self.body, "seals": dict(self.seals), "previous": self.previous, "hash": self.hash}

    def text(self) -> str:
        """The same as canonical JSON."""
        return spell(self.to_dict()).decode()


def seal(body: dict[str, Json], previous: str, algorithm: str) -> Record:
    """The record that says `body` after the record whose hash is `previous`."""
    seals = {path: seal_of(path, value, algorithm) for path, value in leaves(body).items()}
    return Record(body, seals, previous, hash_of(seals, previous, algorithm))


def seal_of(path: str, value: str | int, algorithm: str) -> str:
    """The hash of one field: of the list [path, value], whose path needs no escapes."""
    spelt = encode_basestring(value) if isinstance(value, str) else value
    return digest(algorithm, f'["{path}",{spelt}]'.encode())


def hash_of(seals: Mapping[str, str], previous: str, algorithm: str) -> str:
    """The hash of a record, from the hashes of its fields and of the record before."""
    return digest(algorithm, spell({"previous": previous, "seals": seals}))


def read_record(value: Any) -> Record:
    """A record from its JSON; ValueError says what is wrong with its shape, not with what it says."""
    if isinstance(value, str):
        value = parse(value)
    if not isinstance(value, dict) or set(value) != {"body", "seals", "previous", "hash"}:
        raise ValueError("it does not consist of body, seals, previous and hash")
    body, seals = value["body"], value["seals"]
    if not isinstance(body, dict):
        raise ValueError("its body is no object")
    if not isinstance(seals, dict) or not all(isinstance(one, str) for one in seals.values()):
        raise ValueError("its seals are no texts by path")
    if not isinstance(value["previous"], str) or not isinstance(value["hash"], str):
        raise ValueError("its hashes are no texts")
    leaves(body)
    return Record(body, seals, value["previous"], value["hash"])
