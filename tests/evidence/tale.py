"""Cards that lived through everything evidence is kept of, and ways to tamper with their files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.services.world import World
from wallet.eip712.signature import sign_digest
from wallet.evidence.canonical import spell
from wallet.evidence.record import NONE_BEFORE, seal
from wallet.services import bump, buy, collect, consume, fund, onboard, owner, publish, terminate
from wallet.services.authorise import authorise, preview_charge
from wallet.services.evidence import export
from wallet.services.voucher import preview_voucher, sign_voucher
from wallet.signing.policy import Policy

Path = tuple[str | int, ...]

SIGNED, PERMIT, DIRECT, CONTRACT = "signed", "permit", "direct", "contract"


@dataclass(frozen=True, slots=True)
class Tale:
    """The cards' ids and their files' bytes, by how they were bought."""

    cards: dict[str, str]
    files: dict[str, bytes]


def tell(world: World) -> Tale:
    """Live through it: four ways to buy, uses, vouchers, tiers, exits, and the merchant's share elsewhere."""
    cards = {SIGNED: world.buy().card, PERMIT: vouched(world), DIRECT: direct(world), CONTRACT: owned(world)}
    signed(world, cards[SIGNED])
    return Tale(cards, {name: export(world.context, card).file.to_bytes() for name, card in cards.items()})


def signed(world: World, card: str) -> None:
    """Two uses, a change of tier between them, a word that voids the rest, exit and redirected share."""
    world.consume(world.authorise(card))
    onboard.set_tier(world.context, world.operator, world.merchant.address, 2)
    world.consume(world.authorise(card, 5000, "C-18"))
    bump.bump(world.context, world.consumer, card, carrier=world.other)
    leave(world, card)
    redirect = collect.sign_redirect(world.context, world.merchant, card, world.operator.address)
    collect.collect(world.context, world.other, card, redirect=redirect)


def leave(world: World, card: str) -> None:
    """The consumer signs, the merchant carries."""
    leaving = terminate.preview_termination(world.context, card, owner=world.consumer.address)
    terminate.terminate(world.context, world.consumer, leaving, carrier=world.merchant)


def vouched(world: World) -> str:
    """Bought with a permit, used by voucher."""
    terms = publish.terms_for(
        world.context, merchant=world.merchant.address, template="StoredValue", principal=50_000,
        takes_vouchers=1,
    )  # fmt: skip
    publish.publish(world.context, world.merchant, terms, "with vouchers")
    card = world.buy("with vouchers", method="permit").card
    request = preview_voucher(world.context, world.consumer.address, card, 3000, Policy())
    consume.redeem(world.context, world.merchant, sign_voucher(world.context, world.consumer, request))
    return card


def direct(world: World) -> str:
    """Bought, and ended at once, by the consumer's own transactions: no message is signed."""
    card = world.buy(method="direct", carried=False).card
    leaving = terminate.preview_termination(world.context, card, owner=world.consumer.address)
    terminate.terminate(world.context, world.consumer, leaving)
    return card


def owned(world: World) -> str:
    """A consumer that is a contract: its signatures are its own business."""
    made = owner.create_owner(
        world.context, world.other, key=world.consumer.address, guardian=world.operator.address
    )
    fund.fund(world.context, world.operator, made.address, 200_000)
    signer = owner.owner_signer(world.context, made.address, world.consumer)
    purchase = buy.preview_purchase(world.context, signer.address, "1000 送 300")
    card = buy.buy(world.context, signer, purchase, carrier=world.merchant).card
    asked = preview_charge(world.context, signer.address, world.charge(card).document, Policy())
    world.consume(authorise(world.context, signer, asked).document)
    return card


# ------------------------------------------------------------------------------------------ tampering


def read(data: bytes) -> dict[str, Any]:
    """The file as plain JSON."""
    value: dict[str, Any] = json.loads(data)
    return value


def write(value: dict[str, Any]) -> bytes:
    """Plain JSON in the file's own spelling, whatever it says."""

    def lines(opening: bytes, parts: list[bytes], closing: bytes) -> bytes:
        return opening + b"\n" + b",\n".join(parts) + b"\n" + closing

    def pairs(part: Any) -> bytes:
        if not isinstance(part, dict):
            return spell(part)
        return lines(b"{", [spell(k) + b":" + spell(part[k]) for k in sorted(part)], b"}")

    found = []
    for name in sorted(value):
        part = value[name]
        if name in ("headers", "proofs"):
            text = pairs(part)
        elif name == "records" and isinstance(part, list):
            text = lines(b"[", [spell(one) for one in part], b"]")
        else:
            text = spell(part)
        found.append(spell(name) + b":" + text)
    return b"{" + b",\n".join(found) + b"}\n"


def block_hashes(value: dict[str, Any]) -> list[str]:
    """The hashes of the file's blocks, as its owner knows them."""
    return list(value["headers"])


def resealed(value: dict[str, Any], algorithm: str = "sha256") -> dict[str, Any]:
    """The same with every hash made anew, as somebody would who wants no trace left; numbers too."""
    previous, records = NONE_BEFORE, []
    for number, record in enumerate(value["records"]):
        made = seal({**record["body"], "number": number}, previous, algorithm)
        previous = made.hash
        records.append(made.to_dict())
    return {**value, "records": records}


def every(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every text and number."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from every(one, (*path, key))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from every(one, (*path, number))
    else:
        yield path


def at(value: Any, path: Path) -> Any:
    """What stands at a path."""
    for step in path:
        value = value[step]
    return value


def changed(value: dict[str, Any], path: Path, new: Any) -> dict[str, Any]:
    """A copy with something else at a path; what is not on the way is shared."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    copied: Any = list(value) if isinstance(value, list) else dict(value)
    if rest:
        copied[step] = changed(copied[step], rest, new)
    else:
        copied[step] = new
    return copied


def other(old: Any) -> Any:
    """Another value of the same kind: a digit more or less, which nobody notices."""
    if isinstance(old, int):
        return old + 1
    if old.isdigit():
        return str(int(old) + 1)
    if old.startswith("0x") and len(old) > 2:
        return old[:-1] + ("0" if old[-1] != "0" else "1")
    return old + "x"


def dotted(path: Path) -> str:
    """A path within a record as findings write it."""
    return ".".join(str(step) for step in path)


def sign_anew(digest: bytes, key: int = 7) -> str:
    """Some other key's signature."""
    return "0x" + sign_digest(key.to_bytes(32), digest).hex()
