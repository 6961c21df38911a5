"""What a file may write where a contract takes an argument: addresses, terms, signatures, other calls.

Everything is found by its name in the case; nothing here sends anything.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from wallet.address import ZERO_ADDRESS
from wallet.bindings.abi import encode
from wallet.bindings.naming import canonical, signature, types_of
from wallet.compiler.artefacts import Artefact, load_artefact
from wallet.eip712.signature import ORDER, compact
from wallet.errors import InvalidInput
from wallet.keccak import keccak256
from wallet.scenario import values
from wallet.scenario.held import unknown
from wallet.scenario.verbs.common import number
from wallet.scenario.world import World
from wallet.services.authorise import consumption
from wallet.services.guarantee_cover import pledges_of
from wallet.services.voucher import voucher_struct
from wallet.terms import Terms

KINDS = {
    "token": "DigitalYuan",
    "catalogue": "ProductCatalogue",
    "merchants": "MerchantRegistry",
    "merchant-registry": "MerchantRegistry",
    "template-registry": "TemplateRegistry",
    "factory": "SubWalletFactory",
    "relay": "Relay",
}
"""Names of the platform's places whose contract is called otherwise."""


def _nested(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_nested(one) for one in value)
    return values.read_words(value) if not isinstance(value, int) or isinstance(value, bool) else value


Argument = Annotated[Any, BeforeValidator(_nested), WithJsonSchema({"type": ["string", "number", "array"]})]
"""A number of any kind, hex, a reference such as `address of anna` or `terms of a`, or a list of these."""


def kinds(world: World) -> dict[str, str]:
    """Name of what was deployed -> the contract that it is."""
    found: dict[str, str] = world.extra.setdefault("raw", {})
    return found


def results(world: World) -> dict[str, Any]:
    """What calls answered, and calls that were written down, by the name that the file gave them."""
    found: dict[str, Any] = world.extra.setdefault("answers", {})
    return found


def call_of(
    world: World, to: str, function: str, args: tuple[Any, ...], contract: str | None = None
) -> tuple[dict[str, Any], bytes]:
    """The function's entry and the data of a call."""
    world.address(to)  # an unknown place is told as such, not as a contract that is missing
    artefact = load_artefact(contract or contract_of(world, to))
    entry = entry_of(artefact, function, len(args))
    given = [argument(world, one, part) for one, part in zip(args, entry["inputs"], strict=True)]
    return entry, encoded(entry, given)


def encoded(entry: dict[str, Any], given: list[Any]) -> bytes:
    """The data of a call with these values."""
    return keccak256(signature(entry).encode())[:4] + encode(types_of(entry["inputs"]), given)


def contract_of(world: World, place: str) -> str:
    """Which contract stands at a place, so that its functions are known."""
    if place in kinds(world):
        return kinds(world)[place]
    if place.startswith("wallet of "):
        return "SubWallet"
    if place in KINDS:
        return KINDS[place]
    if place.endswith(" contract"):
        role = place.removesuffix(" contract")
        return {"insurer": "InsurancePool", "platform": "PlatformAdvance", "fund": "GuaranteeFund"}.get(
            role, role
        )
    return "RecoverableOwner" if place in world.people else place


def entry_of(artefact: Artefact, function: str, count: int) -> dict[str, Any]:
    """The function of this name (or full signature) with so many arguments."""
    functions = [one for one in artefact.abi if one["type"] == "function"]
    found = [one for one in functions if function in (one["name"], signature(one))]
    fitting = [one for one in found if len(one["inputs"]) == count]
    if len(fitting) == 1:
        return fitting[0]
    if not found:
        raise unknown(
            f"function of {artefact.name}", function, sorted({str(one["name"]) for one in functions})
        )
    raise wrong_arguments(function, found[0]["inputs"])


def argument(world: World, value: Any, part: dict[str, Any]) -> Any:
    """What a file says as the value that a parameter wants."""
    kind = canonical(part)
    if isinstance(value, tuple):
        inner = {**part, "type": re.sub(r"\[[0-9]*\]$", "", part["type"])}
        parts = part.get("components", [])
        if str(part["type"]).endswith("]"):
            return [argument(world, one, inner) for one in value]
        return tuple(argument(world, one, of) for one, of in zip(value, parts, strict=True))
    text = str(value)
    if text.startswith("answer of "):
        return answer(world, text.removeprefix("answer of "))
    if kind.startswith("(") or kind.endswith("]"):
        return struct(world, text)
    if kind == "address":
        return ZERO_ADDRESS if text == "nobody" else world.address(text.removeprefix("address of "))
    if kind == "bool":
        return values.read_flag(text)
    if kind == "string":
        return text
    if kind.startswith("bytes"):
        return octets(world, text)
    if text.startswith("v of "):
        return int(world.document(text.removeprefix("v of ")).content.signature[64])
    power = re.fullmatch(r"2\^([0-9]{1,3})(-1)?", text)
    return number(text) if power is None else int(2 ** int(power[1])) - (power[2] is not None)


def answer(world: World, name: str) -> Any:
    """What a call answered, or a call that was written down."""
    if name not in results(world):
        raise unknown("answer", name, list(results(world)))
    return results(world)[name]


def octets(world: World, text: str) -> bytes:
    """Bytes: a card's id, a document's signature in any spelling, a prepared call, a hash, or hex."""
    word, _, name = text.partition(" ")
    if word == "card":
        return world.card(name).record.card
    if word == "product":
        return world.product(name).key
    what, _, name = text.partition(" of ")
    if what in ("r", "s"):
        at = 0 if what == "r" else 32
        return bytes(world.document(name).content.signature[at : at + 32])
    if what.endswith("signature"):
        return spelt(world.document(name).content.signature, what)
    if what == "call":
        return bytes(answer(world, name))
    if what == "hash":
        return keccak256(name.encode())
    return values.read_hex(text)


def spelt(good: bytes, how: str) -> bytes:
    """A signature in another spelling: compact, mirrored (the other s and v), longer, or of nobody."""
    s, v = int.from_bytes(good[32:64]), good[64]
    spellings = {
        "signature": good,
        "compact signature": compact(good),
        "mirrored signature": good[:32] + (ORDER - s).to_bytes(32) + bytes([55 - v]),
        "high signature": good[:32] + (ORDER - s).to_bytes(32) + bytes([v]),
        "flipped signature": good[:64] + bytes([55 - v]),
        "longer signature": good + bytes(1),
        "nobody's signature": bytes(64) + bytes([27]),
    }
    if how not in spellings:
        raise unknown("spelling of a signature", how, list(spellings))
    return spellings[how]


def struct(world: World, text: str) -> Any:
    """A struct of the contracts, by reference."""
    word, _, name = text.partition(" of ")
    if word.endswith("purchase"):
        return purchase(world, text).values()
    if word == "parts":
        return world.document(name, "forged").content.message.values()[1:]
    if word == "terms":
        held = world.cards.get(name)
        return (held.record.terms if held is not None else world.product(name).terms).values()
    if word == "consumption":
        return consumption(world.document(name, "authorisation").content).to_abi()
    if word == "voucher":
        return voucher_struct(world.document(name, "voucher").content).to_abi()
    if word == "pledges":
        return [one.to_abi() for one in pledges_of(world.context, world.card(name).record.terms.cover)]
    raise InvalidInput(
        f"{text!r} is no struct",
        hint="terms of a, consumption of d1, voucher of v1, pledges of a, or a list of its parts",
        code="scenario-argument",
        value=text,
    )


def purchase(world: World, text: str) -> Terms:
    """One purchase of a product, the same whenever the same words name it: `second purchase of card`,
    `purchase of card covered by <answer>`."""
    made: dict[str, Terms] = world.extra.setdefault("purchases", {})
    if text not in made:
        product, _, cover = text.partition(" of ")[2].partition(" covered by ")
        terms = world.product(product).terms
        terms = replace(terms, cover=answer(world, cover)) if cover else terms
        made[text] = terms.bought(salt=world.salt(), buy_by=world.now + 30 * 86_400)
    return made[text]


def wrong_arguments(what: str, inputs: list[dict[str, Any]]) -> InvalidInput:
    """A function or constructor was given something else than it takes."""
    wanted = ", ".join(f"{canonical(one)} {one['name']}" for one in inputs) or "none"
    return InvalidInput(
        f"{what} takes other arguments: {wanted}",
        hint="give them in `args`, in this order",
        code="scenario-argument",
        value=what,
    )
