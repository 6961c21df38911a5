"""The contracts themselves, past every service: any function, any contract, templates of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from wallet.bindings.abi import decode, encode
from wallet.bindings.naming import canonical, signature, types_of
from wallet.bindings.runtime import Call as ContractCall
from wallet.bindings.runtime import ask
from wallet.compiler.artefacts import Artefact, load_artefact
from wallet.errors import InvalidInput
from wallet.keccak import keccak256
from wallet.scenario import values
from wallet.scenario.held import unknown
from wallet.scenario.values import Name, Words
from wallet.scenario.verbs.common import Sending, number
from wallet.scenario.world import World
from wallet.services.authorise import consumption
from wallet.services.guarantee_cover import pledges_of
from wallet.services.register_template import register_template
from wallet.services.sending import GAS, Sent, create, send
from wallet.services.voucher import voucher_struct
from wallet.signing.contract import ContractSigner

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


class Call(Sending):
    """Call a function of a contract directly. Views are asked, others are sent.

    `args` may be numbers of any kind, 0x…, yes/no, `address of anna`, `wallet of anna`, `card a`,
    `terms of a`, `consumption of d1`, `signature of d1`, `pledges of a`, or lists of these.
    """

    word: ClassVar[str] = "call"
    to: Words
    """`wallet of anna`, token, catalogue, Disputes, what was deployed, …"""
    function: Words
    args: tuple[Argument, ...] = ()
    by: Name = "operator"
    contract: Name | None = None
    """Speak to it as if it were this contract."""

    def title(self) -> tuple[str, str]:
        return (
            f"{self.by} calls {self.function} of {self.to}",
            f"{self.by} 直接调用 {self.to} 的 {self.function}",
        )

    def play(self, world: World) -> Any:
        artefact = load_artefact(self.contract or contract_of(world, self.to))
        entry = entry_of(artefact, self.function, len(self.args))
        given = [argument(world, one, part) for one, part in zip(self.args, entry["inputs"], strict=True)]
        selector = keccak256(signature(entry).encode())[:4]
        data = selector + encode(types_of(entry["inputs"]), given)
        outputs = entry["outputs"]

        def read(answer: bytes) -> Any:
            found = decode(types_of(outputs), answer)
            return found[0] if len(found) == 1 else found or None

        call: ContractCall[Any] = ContractCall(world.address(self.to), data, str(entry["name"]), read)
        if entry["stateMutability"] in ("view", "pure"):
            return ask(world.chain, call, sender=world.address(self.by))
        hand = world.signer(self.by)
        key = hand.key if isinstance(hand, ContractSigner) else hand
        world.give_coin(key.address)
        sent: Sent[Any] = send(world.context, hand, call, f"call {self.function}", gas=self.gas or 5 * GAS)
        return sent.answer


class Deploy(Sending):
    """Create a contract of this repository, hostile mocks included, under a name."""

    word: ClassVar[str] = "deploy"
    contract: Name
    args: tuple[Argument, ...] = ()
    as_: Name = Field(alias="as")
    by: Name = "operator"

    def title(self) -> tuple[str, str]:
        return f"{self.contract} is deployed as {self.as_}", f"部署 {self.contract}，名为 {self.as_}"

    def play(self, world: World) -> Any:
        artefact = load_artefact(self.contract)
        inputs: list[dict[str, Any]] = next(
            (one["inputs"] for one in artefact.abi if one["type"] == "constructor"), []
        )
        if len(inputs) != len(self.args):
            raise _arguments(self.contract, inputs)
        given = [argument(world, one, part) for one, part in zip(self.args, inputs, strict=True)]
        data = artefact.bytecode + (encode(types_of(inputs), given) if inputs else b"")
        receipt = create(world.context, world.signer(self.by), data, f"deploy {self.contract}")
        assert receipt.contract is not None
        world.contracts[self.as_] = receipt.contract
        kinds(world)[self.as_] = self.contract
        return receipt.contract


class Template(Sending):
    """Admit a template: a contract of this repository, or a source of one's own (needs the compiler)."""

    word: ClassVar[str] = "template"
    contract: Name | None = None
    source: Words | None = None
    """A .sol file, beside the scenario."""
    as_: Name = Field(alias="as")
    by: Name = "operator"

    @model_validator(mode="after")
    def _one(self) -> Template:
        if (self.contract is None) == (self.source is None):
            raise ValueError("name a contract, or a source file, and not both")
        return self

    def title(self) -> tuple[str, str]:
        return f"template {self.as_} is admitted", f"登记模板 {self.as_}"

    def play(self, world: World) -> Any:
        artefact = (
            load_artefact(self.contract)
            if self.contract is not None
            else compiled(world.folder / (self.source or ""))
        )
        made = register_template(world.context, world.signer(self.by), artefact)
        world.contracts[self.as_] = made.template
        kinds(world)[self.as_] = artefact.name
        return made


def kinds(world: World) -> dict[str, str]:
    """Name of what was deployed -> the contract that it is."""
    found: dict[str, str] = world.extra.setdefault("raw", {})
    return found


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
    raise _arguments(function, found[0]["inputs"])


def argument(world: World, value: Any, part: dict[str, Any]) -> Any:
    """What a file says as the value that a parameter wants."""
    kind = canonical(part)
    if isinstance(value, tuple):
        inner = {**part, "type": part["type"].removesuffix("[]")}
        parts = part.get("components", [])
        if str(part["type"]).endswith("]"):
            return [argument(world, one, inner) for one in value]
        return tuple(argument(world, one, of) for one, of in zip(value, parts, strict=True))
    text = str(value)
    if kind.startswith("(") or kind.endswith("]"):
        return struct(world, text)
    if kind == "address":
        return world.address(text.removeprefix("address of "))
    if kind == "bool":
        return values.read_flag(text)
    if kind == "string":
        return text
    if kind.startswith("bytes"):
        return octets(world, text)
    return number(text)


def octets(world: World, text: str) -> bytes:
    """Bytes: a card's id, a document's signature, or hex."""
    word, _, name = text.partition(" ")
    if word == "card":
        return world.card(name).record.card
    if word == "signature":
        found: bytes = world.document(name.removeprefix("of ")).content.signature
        return found
    if word == "product":
        return world.product(name).key
    return values.read_hex(text)


def struct(world: World, text: str) -> Any:
    """A struct of the contracts, by reference."""
    word, _, name = text.partition(" of ")
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


def compiled(file: Path) -> Artefact:
    """The contract that a source file is named after, or the only one in it."""
    from wallet.compiler import compile_folder

    found = [one for one in compile_folder(file.parent, only=[file]).artefacts if one.bytecode]
    for one in found:
        if one.name == file.stem or len(found) == 1:
            return one
    raise unknown("contract", file.stem, sorted(one.name for one in found))


def _arguments(what: str, inputs: list[dict[str, Any]]) -> InvalidInput:
    wanted = ", ".join(f"{canonical(one)} {one['name']}" for one in inputs) or "none"
    return InvalidInput(
        f"{what} takes other arguments: {wanted}",
        hint="give them in `args`, in this order",
        code="scenario-argument",
        value=what,
    )
