"""The contracts themselves, past every service: any function, any contract, templates of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field, model_validator

from wallet.bindings.abi import decode, encode
from wallet.bindings.naming import types_of
from wallet.bindings.runtime import Call as ContractCall
from wallet.bindings.runtime import ask
from wallet.compiler.artefacts import Artefact, load_artefact
from wallet.scenario import handmade
from wallet.scenario.held import unknown
from wallet.scenario.values import Hex, Name, Words
from wallet.scenario.verbs.common import Sending
from wallet.scenario.verbs.references import Argument, argument, call_of, kinds, results, wrong_arguments
from wallet.scenario.world import World
from wallet.services.register_template import register_template
from wallet.services.sending import GAS, Sent, create, send
from wallet.signing.contract import ContractSigner


class Call(Sending):
    """Call a function of a contract directly. Views are asked, others are sent.

    `args` may be numbers of any kind, 0x…, yes/no, `address of anna`, `wallet of anna`, `card a`,
    `terms of a`, `purchase of card`, `consumption of d1`, `signature of d1`, `pledges of a`, `hash of words`,
    `answer of x`, `call of x`, or lists of these.
    """

    word: ClassVar[str] = "call"
    to: Words
    """`wallet of anna`, token, catalogue, Disputes, what was deployed, …"""
    function: Words
    args: tuple[Argument, ...] = ()
    by: Name = "operator"
    contract: Name | None = None
    """Speak to it as if it were this contract."""
    as_: Name | None = Field(default=None, alias="as")
    """Name of what it answers, for `answer of x`; an address can be called and paid by this name."""
    is_a: Name | None = None
    """Which contract the answered address is."""

    def title(self) -> tuple[str, str]:
        return (
            f"{self.by} calls {self.function} of {self.to}",
            f"{self.by} 直接调用 {self.to} 的 {self.function}",
        )

    def play(self, world: World) -> Any:
        entry, data = call_of(world, self.to, self.function, self.args, self.contract)
        outputs = entry["outputs"]

        def read(answer: bytes) -> Any:
            found = decode(types_of(outputs), answer)
            return found[0] if len(found) == 1 else found or None

        call: ContractCall[Any] = ContractCall(world.address(self.to), data, str(entry["name"]), read)
        if entry["stateMutability"] in ("view", "pure"):
            return self._keep(world, ask(world.chain, call, sender=world.address(self.by)))
        hand = world.signer(self.by)
        key = hand.key if isinstance(hand, ContractSigner) else hand
        world.give_coin(key.address)
        sent: Sent[Any] = send(world.context, hand, call, f"call {self.function}", gas=self.gas or 5 * GAS)
        return self._keep(world, sent.answer)

    def _keep(self, world: World, answer: Any) -> Any:
        if self.as_ is not None:
            results(world)[self.as_] = answer
            if isinstance(answer, str) and answer.startswith("0x") and len(answer) == 42:
                world.place(self.as_, answer)
                kinds(world)[self.as_] = self.is_a or self.as_
        return world.everything().get(answer, answer) if isinstance(answer, str) else answer


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
        world.new_place(self.as_)
        artefact = load_artefact(self.contract)
        inputs: list[dict[str, Any]] = next(
            (one["inputs"] for one in artefact.abi if one["type"] == "constructor"), []
        )
        if len(inputs) != len(self.args):
            raise wrong_arguments(self.contract, inputs)
        given = [argument(world, one, part) for one, part in zip(self.args, inputs, strict=True)]
        data = artefact.bytecode + (encode(types_of(inputs), given) if inputs else b"")
        receipt = create(world.context, world.signer(self.by), data, f"deploy {self.contract}")
        assert receipt.contract is not None
        world.place(self.as_, receipt.contract)
        kinds(world)[self.as_] = self.contract
        return receipt.contract


class Template(Sending):
    """Admit a template: a contract of this repository, a source of one's own (needs the compiler), raw code,
    or one that answers as told: `{releases: ¥1000, owes: reverts}`.

    Such an answer is an amount, `listed`, `used`, `¥1 for each elapsed`, `reverts`, `burns`, `loops`,
    `says nothing`, `half a word`, or `a flood`.
    """

    word: ClassVar[str] = "template"
    contract: Name | None = None
    source: Words | None = None
    """A .sol file, beside the scenario."""
    code: Hex | None = None
    """The code itself, as it would stand on the chain."""
    releases: Words | None = None
    """What is released after a use, of a template made by hand."""
    owes: Words = "0"
    """What it says that the consumer is owed at exit."""
    as_: Name = Field(alias="as")
    by: Name = "operator"

    @model_validator(mode="after")
    def _one(self) -> Template:
        if sum(one is not None for one in (self.contract, self.source, self.code, self.releases)) != 1:
            raise ValueError("name a contract, a source file, code, or what it releases, and one of them")
        return self

    def title(self) -> tuple[str, str]:
        return f"template {self.as_} is admitted", f"登记模板 {self.as_}"

    def play(self, world: World) -> Any:
        world.new_place(self.as_)
        artefact = self._artefact(world)
        made = register_template(world.context, world.signer(self.by), artefact)
        world.place(self.as_, made.template)
        kinds(world)[self.as_] = artefact.name
        return made

    def _artefact(self, world: World) -> Artefact:
        if self.contract is not None:
            return load_artefact(self.contract)
        if self.source is not None:
            return compiled(world.folder / self.source)
        code = self.code if self.code is not None else handmade.runtime(self.releases or "0", self.owes)
        abi = load_artefact("IPrepaidTemplate").abi
        return Artefact(self.as_, abi, handmade.creation(code), code, "", {})


def compiled(file: Path) -> Artefact:
    """The contract that a source file is named after, or the only one in it."""
    from wallet.compiler import compile_folder

    found = [one for one in compile_folder(file.parent, only=[file]).artefacts if one.bytecode]
    for one in found:
        if one.name == file.stem or len(found) == 1:
            return one
    raise unknown("contract", file.stem, sorted(one.name for one in found))
