"""Whether the records fit one another: one card, one sub-wallet, terms that give the card's id, totals that
follow from what was paid.

What a single record cannot show: that another one is missing, was put in twice, or belongs to another card.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wallet.chain.errors import Refused
from wallet.chain.primitives import read_transaction
from wallet.eip712.cover import cover_hash
from wallet.errors import PrepaidError
from wallet.evidence.bodies import EVENT, MESSAGE
from wallet.evidence.events import GUARANTOR, MERCHANTS, SUB_WALLET, declarations
from wallet.evidence.findings import Finding, Note
from wallet.evidence.proven import Standing
from wallet.evidence.signed import Dossier, card_id
from wallet.keccak import keccak256

_CLONE = bytes.fromhex("3d81600a3d39f3363d3d373d3d3d363d73"), bytes.fromhex("5af43d82803e903d91602b57fd5bf3")
"""Creation code of a clone that carries its owner, before and after the implementation's address."""
_OWN_CODE = 45
_OPENED = "Opened"


@dataclass(frozen=True, slots=True)
class _Terms:
    """Terms as one record tells them: where they stand in it, and the id of the card it says they are of."""

    record: int
    path: str
    words: dict[str, str]
    card: str
    proven: bool


def dossier_of(
    bodies: Mapping[int, dict[str, Any]],
    standing: Mapping[int, Standing],
    withdrawn: Iterable[int] = (),
) -> Dossier:
    """The records with the card's true terms: those that give its id, else those the chain has."""
    told = [one for one in _told(bodies, standing) if card_id(one.words, bodies[0])]
    good = [one for one in told if card_id(one.words, bodies[0]) == bodies[0]["card"]]
    best = [*good, *(one for one in told if one.proven), *told]
    return Dossier(bodies, best[0].words if best else None, standing, frozenset(withdrawn))


def check_story(dossier: Dossier) -> Iterator[Finding]:
    """Everything in which the records contradict one another."""
    yield from _card(dossier)
    yield from _terms(dossier)
    yield from _belonging(dossier)
    yield from _cover(dossier)
    yield from _repeated(dossier)
    yield from _totals(dossier)


def unsigned(dossier: Dossier) -> Iterator[Note]:
    """Events that rest on a person's signature which the file does not hold."""
    for number, body in dossier.bodies.items():
        if body["kind"] != EVENT or _is_own_act(dossier, number):
            continue
        name, values = body["event"], body["values"]
        if name == _OPENED:
            there = _any(dossier, "Purchase", "ReceiveWithAuthorization", "Transfer")
        elif name == "Consumed":
            charge = values.get("charge")
            there = any(one["values"].get("charge") == charge for one in dossier.of(MESSAGE, "Consume"))
        elif name == "Certified":
            there = any(
                one["values"].get("evidence") == values.get("evidence")
                for one in dossier.of(MESSAGE, "Certificate")
            )
        elif name == "Redeemed":
            used = values.get("used")
            there = any(one["values"].get("usedAfter") == used for one in dossier.of(MESSAGE, "Voucher"))
        elif name == "Closed":
            there = _any(dossier, "Terminate", "Transfer")
        else:
            continue
        if not there:
            yield Note(number, "unsigned", {"event": name})


def clone_address(factory: str, implementation: str, owner: str) -> str:
    """Where the factory puts an owner's sub-wallet (EIP-1014, salt zero); empty if these are no addresses."""
    try:
        maker, code, person = (bytes.fromhex(text[2:]) for text in (factory, implementation, owner))
    except ValueError:
        return ""
    before, after = _CLONE
    creation = b"\x61" + (len(person) + _OWN_CODE).to_bytes(2) + before + code + after + person
    return "0x" + keccak256(b"\xff" + maker + bytes(32) + keccak256(creation))[12:].hex()


def _told(bodies: Mapping[int, dict[str, Any]], standing: Mapping[int, Standing]) -> Iterator[_Terms]:
    for number, body in bodies.items():
        if body["kind"] == EVENT and body["event"] == _OPENED:
            values = _read(standing[number]) if number in standing else body["values"]
            words = values.get("terms")
            if isinstance(words, dict):
                yield _Terms(number, "values.terms", words, str(values.get("card")), number in standing)
        elif body["kind"] == MESSAGE and "terms" in body:
            yield _Terms(number, "terms", body["terms"], "", False)
        elif body["kind"] == MESSAGE and body["type"].startswith("Purchase("):
            yield _Terms(number, "values", body["values"], "", False)


def _read(stands: Standing) -> dict[str, Any]:
    """The values of a proven event, whatever its record makes of them."""
    declared = declarations().get(stands.log.topics[0]) if stands.log.topics else None
    return {} if declared is None else dict(declared.read(stands.log))


def _card(dossier: Dossier) -> Iterator[Finding]:
    """Whether the first record's addresses belong together."""
    card = dossier.card
    derived = clone_address(card["factory"], card["implementation"], card["owner"])
    if derived == card["sub_wallet"]:
        return
    emitters = {
        body["address"]
        for body in dossier.bodies.values()
        if body["kind"] == EVENT and body["contract"] == SUB_WALLET
    }
    if len(emitters) == 1 and derived in emitters:
        yield Finding(0, "sub_wallet", "differs", {"is": card["sub_wallet"], "should": derived})
        return
    signers = {body["signer"] for body in dossier.bodies.values() if body["kind"] == MESSAGE}
    senders = {one[0] for number in dossier.standing if (one := _sent(dossier, number)) is not None}
    for person in sorted(signers | senders):
        if clone_address(card["factory"], card["implementation"], person) == card["sub_wallet"]:
            yield Finding(0, "owner", "differs", {"is": card["owner"], "should": person})
            return
    for place in ("factory", "implementation"):  # one of the two; the file does not tell which
        yield Finding(0, place, "differs", {"is": card[place], "should": ""})


def _terms(dossier: Dossier) -> Iterator[Finding]:
    """Whether terms give the card's id; if not, which of the two was changed."""
    card, told = dossier.card, list(_told(dossier.bodies, dossier.standing))
    ids = [card_id(one.words, card) for one in told]
    if card["card"] in ids:
        for one, made in zip(told, ids, strict=True):
            if made != card["card"]:
                right = dossier.terms or {}
                for name in [name for name in right if one.words.get(name) != right[name]] or ["?"]:
                    values = {"is": one.words.get(name, ""), "should": right.get(name, "")}
                    yield Finding(one.record, f"{one.path}.{name}", "differs", values)
        return
    for one in sorted(told, key=lambda one: not one.proven):
        if one.proven and one.card != card["card"]:
            yield Finding(0, "card", "differs", {"is": card["card"], "should": one.card})
        elif one.proven:
            yield Finding(0, "chain_id", "differs", {"is": card["chain_id"], "should": ""})
        elif one.card and one.card in ids:
            yield Finding(0, "card", "differs", {"is": card["card"], "should": one.card})
        else:
            yield Finding(one.record, one.path, "differs", {"is": card_id(one.words, card), "should": ""})
        return


def _belonging(dossier: Dossier) -> Iterator[Finding]:
    """Whether every event is about this card, from the contract that may say it."""
    card, merchant = dossier.card, (dossier.terms or {}).get("merchant")
    for number, body in dossier.bodies.items():
        if body["kind"] != EVENT:
            continue
        known = {"values.wallet": card["sub_wallet"], "values.card": card["card"]}
        if body["contract"] == SUB_WALLET:
            known = {"address": card["sub_wallet"], "values.card": card["card"]}
            if body["values"].get("newCard") == card["card"]:  # told by the card the money went to
                del known["values.card"]
        elif body["contract"] == MERCHANTS:
            known = {"values.merchant": merchant or body["values"].get("merchant", "")}
        elif "wallet" not in body["values"]:  # guarantors name the card alone, where nobody else's can be
            del known["values.wallet"]
        for path, should in known.items():
            actual = body["address"] if path == "address" else body["values"].get(path.split(".")[1])
            if actual != should:
                yield Finding(number, path, "differs", {"is": str(actual), "should": should})


def _cover(dossier: Dossier) -> Iterator[Finding]:
    """Whether who speaks as a guarantor is one that the terms name by their hash."""
    last = max(dossier.bodies)
    told = dossier.bodies[last].get("cover", [])
    events = {n: body for n, body in dossier.bodies.items() if body.get("contract") == GUARANTOR}
    if not told and not events:
        return
    try:
        made = "0x" + cover_hash([(one["guarantor"], int(one["limit"])) for one in told]).hex()
    except (ValueError, OverflowError, PrepaidError):
        made = ""
    right = (dossier.terms or {}).get("cover", "")
    if made != right:
        yield Finding(last, "cover", "differs", {"is": made, "should": right})
        return
    named = {one["guarantor"] for one in told}
    for number, body in events.items():
        if body["address"] not in named:
            yield Finding(number, "address", "differs", {"is": body["address"], "should": ""})


def _repeated(dossier: Dossier) -> Iterator[Finding]:
    """Nothing may count twice: an event by its place, a message by its signature."""
    seen: dict[tuple[Any, ...], int] = {}
    for number, body in dossier.bodies.items():
        if body["kind"] == EVENT:
            key: tuple[Any, ...] = (body["block_hash"], body["transaction"], body["position"])
        elif body["kind"] == MESSAGE:
            key = (body["type"], body["signature"])
        else:
            continue
        if seen.setdefault(key, number) != number:
            yield Finding(number, "number", "repeated", {"other": str(seen[key])})


def _totals(dossier: Dossier) -> Iterator[Finding]:
    """Whether what was released in all is what the events before account for, and nothing is left over."""
    if dossier.terms is None:
        return
    released = 0
    for number, body in _in_order(dossier):
        stands = dossier.standing.get(number)
        values = body["values"] if stands is None else _read(stands)
        try:
            released += int(values.get("paid", "0"))
            if "released" in values and int(values["released"]) != released:
                yield _gap(number, "values.released", int(values["released"]), released)
                return
            if body["event"] == "Closed":
                total = released + int(values["refund"]) + int(values["toCollect"])
                principal = dossier.number_in("principal")
                if total != principal:
                    yield _gap(number, "values.refund", principal, total)
                    return
        except (KeyError, ValueError):
            return  # such values were reported by those who read the event


def _gap(number: int, path: str, says: int, accounted: int) -> Finding:
    return Finding(number, path, "gap", {"is": str(says), "should": str(accounted)})


def _in_order(dossier: Dossier) -> list[tuple[int, dict[str, Any]]]:
    """The card's events in the order of the chain, those that were taken back left out."""
    events = [
        (number, body)
        for number, body in dossier.bodies.items()
        if body["kind"] == EVENT
        and body["contract"] == SUB_WALLET
        and body["values"].get("card") == dossier.card["card"]
        and number not in dossier.withdrawn
    ]
    index = {number: stands.index for number, stands in dossier.standing.items()}
    return sorted(events, key=lambda one: (one[1]["block"], index.get(one[0], 0), one[1]["position"]))


def _any(dossier: Dossier, *names: str) -> bool:
    return any(True for name in names for _ in dossier.of(MESSAGE, name))


def _is_own_act(dossier: Dossier, number: int) -> bool:
    """Whether the consumer sent the transaction to its sub-wallet itself: that is a signature, too."""
    return _sent(dossier, number) == (dossier.card["owner"], dossier.card["sub_wallet"])


def _sent(dossier: Dossier, number: int) -> tuple[str, str] | None:
    """Who sent the transaction of a proven event, and to whom, if its bytes are there and known to us."""
    stands = dossier.standing.get(number)
    if stands is None or stands.transaction is None:
        return None
    try:
        sent = read_transaction(stands.transaction)
    except Refused:
        return None
    return "0x" + sent.sender.hex(), "0x" + (b"" if sent.to is None else sent.to).hex()
