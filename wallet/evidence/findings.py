"""What a verification found, as values: nothing here decides, and the words are the front end's."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a file is worth.

    verified: unaltered, every event proven, every signature checked, and every block tied to what was given
    as the root of trust.  weaker: unaltered and tied, but something could not be proven or checked.
    untied: unaltered, but nothing, or not everything, ties it to a chain.  altered: see the findings.
    """

    VERIFIED = "verified"
    WEAKER = "weaker"
    UNTIED = "untied"
    ALTERED = "altered"


class Root(StrEnum):
    """What was given to believe in."""

    BLOCK_HASHES = "block-hashes"
    CHAIN = "chain"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that cannot be as it was sealed: in which record (None: none of them) and field, and why.

    `code` is one of: unreadable, respelt, shape, unknown, number, seal, hash, link, deposit, repeated,
    differs, signature, header, continuity, absent, proof, other-block, other-chain, gap, missing.
    """

    record: int | None
    field: str
    code: str
    values: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader should know that is no sign of alteration.

    `code` is one of: no-tries, unproven, transaction-unproven, unchecked, unsigned, withdrawn, hash-unused.
    """

    record: int | None
    code: str
    values: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One record for a person: what it says, when, and what stands behind it.

    `time` in unix seconds: a signed message's own, an event's from its block's header, 0 where unknown.
    """

    number: int
    kind: str
    stage: str
    name: str
    time: int
    proven: bool
    signer: str = ""


@dataclass(frozen=True, slots=True)
class Trust:
    """The root of trust and how far it reaches: events' blocks (0x hash) that it ties down, and the rest."""

    root: Root
    given: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    untied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome. `findings` come in the order of the records; `seal` is the file's last hash."""

    verdict: Verdict
    trust: Trust
    findings: tuple[Finding, ...] = ()
    notes: tuple[Note, ...] = ()
    lines: tuple[Line, ...] = ()
    facts: dict[str, str] = dataclasses.field(default_factory=dict)
    seal: str = ""
