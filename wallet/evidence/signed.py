"""Whether messages were signed as their records say; and if not, which field was changed.

A signature alone tells only that some field is not the one signed. Which one is found by what else is known
of it: the card's own facts, its terms, the other side's message or the event about the same charge, and the
transaction that carried the signature.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wallet.eip712.signature import verify
from wallet.errors import PrepaidError
from wallet.evidence.bodies import BY_CONTRACT, BY_KEY, EVENT, MESSAGE
from wallet.evidence.findings import Finding
from wallet.evidence.messages import (
    CARD_DOMAIN,
    CERTIFIER,
    CONSUMER,
    HASHED,
    PAYEE,
    UNCARRIED,
    MessageKind,
    by_type,
    digest_of,
)
from wallet.evidence.proven import Standing
from wallet.keccak import keccak256
from wallet.terms import Terms

_PURCHASE = Terms.SCHEMA
_ZERO = "0x" + "0" * 40
_TRIES = 16
"""Epochs and nonces that are tried one by one: they count from zero, and rarely far."""


@dataclass(slots=True)
class Signatures:
    """What the signatures show. `unchecked` are those that only a contract account can judge."""

    checked: list[int] = field(default_factory=list)
    unchecked: list[int] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Dossier:
    """All records of a file that have the right shape, the card's true terms if known, and what is proven."""

    bodies: Mapping[int, dict[str, Any]]
    terms: dict[str, str] | None
    standing: Mapping[int, Standing]
    withdrawn: frozenset[int] = frozenset()

    @property
    def card(self) -> dict[str, Any]:
        """The first record."""
        return self.bodies[0]

    def of(self, kind: str, name: str) -> Iterator[dict[str, Any]]:
        """The messages or events of that name."""
        for body in self.bodies.values():
            if body["kind"] == kind and name == (
                body["event"] if kind == EVENT else body["type"].split("(")[0]
            ):
                yield body

    def number_in(self, name: str) -> int:
        """One of the packed numbers of the terms."""
        assert self.terms is not None
        words = {word: int(self.terms[word]) for word in ("amounts", "policy", "order")}
        shifts = {"principal": ("amounts", 0, 48), "buy_by": ("order", 64, 40)}
        word, shift, width = shifts[name]
        return (words[word] >> shift) & ((1 << width) - 1)


def check_signatures(dossier: Dossier) -> Signatures:
    """Check every message of the file."""
    found = Signatures()
    for number, body in dossier.bodies.items():
        if body["kind"] == MESSAGE:
            _check(number, body, dossier, found)
    return found


def card_id(terms: Mapping[str, str], card: Mapping[str, Any]) -> str:
    """The id of the card with these terms: the digest of the purchase; empty if they are no terms."""
    name, version = CARD_DOMAIN
    domain = {
        "name": name,
        "version": version,
        "chainId": card["chain_id"],
        "verifyingContract": card["sub_wallet"],
    }
    if set(terms) != {field_name for field_name, _ in _PURCHASE.fields}:
        return ""
    try:
        return "0x" + digest_of(_PURCHASE, domain, dict(terms)).hex()
    except (ValueError, PrepaidError):
        return ""


def _check(number: int, body: dict[str, Any], dossier: Dossier, found: Signatures) -> None:
    kind = by_type().get(body["type"])
    if kind is None:
        found.findings.append(Finding(number, "type", "unknown", {"is": body["type"]}))
        return
    problems = list(_shape(number, body, kind))
    if problems:
        found.findings += problems
        return
    known = {path: value for path, value in _known(body, kind, dossier).items() if value}
    wrong = {path: value for path, value in known.items() if _at(body, path) != value}
    try:
        digest = digest_of(kind.schema, body["domain"], body["values"])
    except (ValueError, PrepaidError) as bad:
        place = str(bad) if isinstance(bad, ValueError) else "domain"
        found.findings.append(Finding(number, place, "shape"))
        return
    is_own = _signed(digest, body)
    if body["by"] == BY_CONTRACT and not is_own and not wrong:
        # Only the account's contract can tell; a transaction that carried these very words shows that it did.
        raw = _carried(body, dossier)
        problems = [] if raw is None else _against_carried(number, body, kind, known, raw)
        accepted = raw is not None and kind.name not in UNCARRIED
        (found.checked if accepted and not problems else found.unchecked).append(number)
        if problems:
            found.findings += problems
            return
    elif not is_own:
        found.findings += _locate(number, body, kind, known, dossier)
        return
    else:
        found.checked.append(number)
        if body["by"] != BY_KEY:
            values = {"is": body["by"], "should": BY_KEY}
            found.findings.append(Finding(number, "by", "differs", values))
    for name in HASHED.values():  # what was signed stands: the words behind it were changed
        wrong.pop(f"values.{name}", None)
    if wrong.pop("domain.chainId", None):
        values = {"is": dossier.card["chain_id"], "should": body["domain"]["chainId"]}
        found.findings.append(Finding(0, "chain_id", "differs", values))
    found.findings += [_differs(number, path, body, value) for path, value in wrong.items()]
    found.findings += _words(number, body, dossier)


def _shape(number: int, body: dict[str, Any], kind: MessageKind) -> Iterator[Finding]:
    if body["stage"] != kind.stage:
        yield Finding(number, "stage", "differs", {"is": body["stage"], "should": kind.stage})
    if body["by"] not in (BY_KEY, BY_CONTRACT):
        yield Finding(number, "by", "unknown", {"is": body["by"]})
    wanted, given = {name for name, _ in kind.schema.fields}, set(body["values"])
    others = ({name for name, _ in one.schema.fields} for one in by_type().values())
    if wanted != given and given in others:
        yield Finding(number, "type", "shape")
        return
    for name in sorted(wanted ^ given):
        yield Finding(number, f"values.{name}", "shape")
    for name in sorted(wanted & given):
        if not isinstance(body["values"][name], str):
            yield Finding(number, f"values.{name}", "shape")
    for name in sorted({"name", "version", "chainId", "verifyingContract"} ^ set(body["domain"])):
        yield Finding(number, f"domain.{name}", "shape")


def _known(body: dict[str, Any], kind: MessageKind, dossier: Dossier) -> dict[str, str]:
    """What fields must be whatever the signature says, by path; an empty text where nothing is known."""
    card, terms = dossier.card, dossier.terms
    token = terms["token"] if terms else ""
    name, version = kind.domain
    known = {
        "domain.name": name,
        "domain.version": version,
        "domain.chainId": card["chain_id"],
        "domain.verifyingContract": card["sub_wallet"] if kind.domain == CARD_DOMAIN else token,
        "signer": _signer(kind, card, terms),
        "values.card": card["card"] if "card" in body["values"] else "",
    }
    if kind.name == "ReceiveWithAuthorization":
        known |= {"values.from": card["owner"], "values.to": card["sub_wallet"], "values.nonce": card["card"]}
        known["values.validAfter"] = "0"
        if terms:
            known["values.value"] = str(dossier.number_in("principal"))
            known["values.validBefore"] = str(dossier.number_in("buy_by") + 1)
    elif kind.name == "Permit":
        known |= {"values.owner": card["owner"], "values.spender": card["sub_wallet"]}
        if terms and "terms" in body:  # else it is for what is added in a transfer
            known["values.value"] = str(dossier.number_in("principal"))
            known["values.deadline"] = str(dossier.number_in("buy_by"))
    elif kind.name == _PURCHASE.name and terms:
        known |= {f"values.{word}": value for word, value in terms.items()}
    elif kind.name == "Transfer" and body["values"]["newCard"] == card["card"]:
        known |= {"values.card": "", "values.newCard": card["card"]}  # told by the card it went to
    if "reference" in body and kind.name in HASHED:
        known[f"values.{HASHED[kind.name]}"] = hash_of_words(body["reference"])
    return known


def _signer(kind: MessageKind, card: dict[str, Any], terms: dict[str, str] | None) -> str:
    if kind.signer == CONSUMER:
        return str(card["owner"])
    if terms is None:
        return ""
    if kind.signer == CERTIFIER:
        return terms["certifier"]
    if kind.signer == PAYEE and terms["payee"] != _ZERO:
        return terms["payee"]
    return terms["merchant"]


def hash_of_words(reference: Mapping[str, str]) -> str:
    """The salted hash of words, as messages hold it; empty if these are none.

    A charge's are four lines, everybody else's one text.
    """
    names = ("words",) if "words" in reference else ("number", "merchant_name", "item", "store")
    if set(reference) != {*names, "salt"}:
        return ""
    try:
        salt = bytes.fromhex(reference["salt"].removeprefix("0x"))
    except ValueError:
        return ""
    return "0x" + keccak256(salt + "\n".join(reference[name] for name in names).encode()).hex()


def _locate(
    number: int, body: dict[str, Any], kind: MessageKind, known: dict[str, str], dossier: Dossier
) -> list[Finding]:
    """Findings for a signature that does not fit: the fields at fault if they can be told."""
    wrong = {path: value for path, value in known.items() if _at(body, path) != value}
    for changes in _guesses(body, kind, wrong, dossier):
        if _fits(body, kind, changes):
            return [_differs(number, path, body, value) for path, value in changes.items()]
    found = [_differs(number, path, body, value) for path, value in wrong.items()]
    raw = _carried(body, dossier)
    for name, type_ in kind.schema.fields if raw is not None and not found else ():
        word, path = _word(type_, body["values"][name]), f"values.{name}"
        if path not in known and word is not None and word not in (raw or b""):
            found.append(Finding(number, path, "signature", {"is": body["values"][name]}))
    return found or [Finding(number, "signature", "signature", {"is": body["signature"]})]


def _guesses(
    body: dict[str, Any], kind: MessageKind, wrong: dict[str, str], dossier: Dossier
) -> Iterator[dict[str, str]]:
    """Changes after which the signature might fit: what is known otherwise, and what is soon tried."""
    told = _sibling(body, kind, dossier)
    yield wrong
    yield {**wrong, **told}
    for path, value in told.items():
        yield {**wrong, path: value}
    for name in sorted({"epoch", "nonce"} & set(body["values"])):
        if kind.name != "ReceiveWithAuthorization":  # whose nonce is the card's id
            for count in range(_TRIES):
                yield {**wrong, f"values.{name}": str(count)}
    for last in ("1b", "1c"):
        yield {**wrong, "signature": body["signature"][:-2] + last}


def _fits(body: dict[str, Any], kind: MessageKind, changes: Mapping[str, str]) -> bool:
    mended = {**body, "domain": dict(body["domain"]), "values": dict(body["values"])}
    for path, value in changes.items():
        part, _, name = path.partition(".")
        if name:
            mended[part][name] = value
        else:
            mended[part] = value
    try:
        return bool(changes) and _signed(digest_of(kind.schema, mended["domain"], mended["values"]), mended)
    except (ValueError, PrepaidError):
        return False


def _sibling(body: dict[str, Any], kind: MessageKind, dossier: Dossier) -> dict[str, str]:
    """What the other message, or the event, about the same use says of the fields both have."""
    others = {
        "Charge": ((MESSAGE, "Consume"), (EVENT, "Consumed")),
        "Consume": ((EVENT, "Consumed"), (MESSAGE, "Charge")),
        "Voucher": ((EVENT, "Redeemed"),),
        "BumpEpoch": ((EVENT, "EpochBumped"),),
        "Redirect": ((EVENT, "Collected"),),
        "Certificate": ((EVENT, "Certified"),),
        "Transfer": ((EVENT, "Transferred"),),
        "DisputeStep": ((EVENT, "DisputeRaised"), (EVENT, "DisputeEscalated")),
    }.get(kind.name, ())
    names = {"usedAfter": "used", "listedAfter": "listed"}
    ours, told = body["values"], dict[str, str]()
    for what, name in others:
        best: dict[str, str] = {}
        score = 1  # the card alone is no sign that two speak of the same
        for other in dossier.of(what, name):
            theirs = {key: other["values"].get(names.get(key, key) if what == EVENT else key) for key in ours}
            shared = {key: value for key, value in theirs.items() if value is not None}
            agreeing = sum(1 for key, value in shared.items() if ours[key] == value)
            if agreeing > score:
                best, score = shared, agreeing
        told |= {f"values.{k}": v for k, v in best.items() if v != ours[k] and f"values.{k}" not in told}
    return told


def _carried(body: dict[str, Any], dossier: Dossier) -> bytes | None:
    """The proven transaction of this card that carried this signature, if there is one."""
    try:
        signature = bytes.fromhex(body["signature"][2:])
    except ValueError:
        return None
    for stands in dossier.standing.values():
        raw = stands.transaction
        # A permit's signature travels in pieces, of which these two follow one another.
        if raw is not None and len(signature) >= 64 and signature[:64] in raw:
            return raw
    return None


def _against_carried(
    number: int, body: dict[str, Any], kind: MessageKind, known: dict[str, str], raw: bytes
) -> list[Finding]:
    """What a record says otherwise than the transaction that carried its signature."""
    if bytes.fromhex(body["signature"][2:]) not in raw:
        return [Finding(number, "signature", "signature", {"is": body["signature"]})]
    skipped = UNCARRIED.get(kind.name, ())
    run = [
        (f"values.{name}", _word(type_, body["values"][name]) or b"")
        for name, type_ in kind.schema.fields
        if not known.get(f"values.{name}") and name not in skipped
    ]
    if b"".join(word for _, word in run) in raw:
        return []
    absent = [path for path, word in run if word not in raw] or [path for path, _ in run]
    return [Finding(number, path, "signature", {"is": _at(body, path)}) for path in absent]


def _words(number: int, body: dict[str, Any], dossier: Dossier) -> Iterator[Finding]:
    """The words behind hashes, where the signature itself holds."""
    signed = str(body["values"].get(HASHED.get(body["type"].split("(")[0], ""), ""))
    if "reference" in body and hash_of_words(body["reference"]) != signed:
        values = {"is": hash_of_words(body["reference"]), "should": signed}
        yield Finding(number, "reference", "differs", values)
    if "terms" in body and card_id(body["terms"], dossier.card) != dossier.card["card"]:
        right = dossier.terms or {}
        paths = [name for name in right if body["terms"].get(name) != right[name]]
        for name in paths or [""]:
            path = f"terms.{name}".rstrip(".")
            values = {"is": str(body["terms"].get(name, "")), "should": right.get(name, "")}
            yield Finding(number, path, "differs", values)


def _signed(digest: bytes, body: Mapping[str, Any]) -> bool:
    try:
        signature = bytes.fromhex(body["signature"].removeprefix("0x"))
        own = verify(digest, signature, body["signer"])
    except (ValueError, PrepaidError):
        return False
    # One spelling only: what is equal but written otherwise was altered, too.
    return own and body["signature"] == "0x" + signature.hex() and body["signer"] == body["signer"].lower()


def _differs(number: int, path: str, body: dict[str, Any], should: str) -> Finding:
    return Finding(number, path, "differs", {"is": _at(body, path), "should": should})


def _at(body: Mapping[str, Any], path: str) -> str:
    part, _, name = path.partition(".")
    return str(body[part].get(name, "") if name else body[part])


def _word(kind: str, text: str) -> bytes | None:
    """The 32 bytes by which a value travels in calldata."""
    try:
        if kind == "uint256":
            return int(text).to_bytes(32)
        return bytes.fromhex(text[2:]).rjust(32, b"\0")
    except (ValueError, OverflowError):
        return None
