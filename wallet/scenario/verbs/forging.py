"""What nobody honest would sign or send: any message, by any hand, for any contract on any chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from wallet.bindings.runtime import Call
from wallet.compiler.artefacts import load_artefact
from wallet.eip712.domain import Domain, digital_yuan_domain, sub_wallet_domain
from wallet.eip712.messages import (
    BumpEpoch,
    Certificate,
    Consume,
    Permit,
    ReceiveWithAuthorization,
    Redirect,
    Terminate,
    Transfer,
    Voucher,
)
from wallet.eip712.schema import Message
from wallet.scenario.cast import terms_of
from wallet.scenario.expect import key
from wallet.scenario.held import unknown
from wallet.scenario.values import Count, Name, Words
from wallet.scenario.verb import Verb
from wallet.scenario.verbs.references import Argument, argument, call_of, encoded, entry_of, purchase, results
from wallet.scenario.world import World
from wallet.services.publish import Listing
from wallet.services.sending import send
from wallet.signing.signer import Signer
from wallet.terms import Terms

_MESSAGES: Final[dict[str, type[Message]]] = {
    "consume": Consume,
    "voucher": Voucher,
    "terminate": Terminate,
    "bump": BumpEpoch,
    "redirect": Redirect,
    "certificate": Certificate,
    "transfer": Transfer,
    "payment": ReceiveWithAuthorization,
    "permit": Permit,
}
_VALID = 86_400


@dataclass(frozen=True, slots=True)
class Forged:
    """A message with somebody's signature, checked by nobody; for the wallet of `owner`, about `terms`."""

    message: Message
    signature: bytes
    owner: str = ""
    terms: Terms | None = None


class Sign(Verb):
    """Any message signed by any hand, for any wallet and chain. `call` takes it: `signature of s`.

    Values not named are nothing; the card is `of`, the deadline a day from now. The purchase of a product is
    signed by `message: purchase, of: product`.
    """

    word: ClassVar[str] = "sign"
    message: Literal[
        "purchase", "consume", "voucher", "terminate", "bump", "redirect", "certificate", "transfer",
        "payment", "permit",
    ]  # fmt: skip
    by: Name
    of: Name | None = None
    """The card it is about, or the product that is bought."""
    wallet: Words | None = None
    """The contract it is for; else the wallet of whose card it is, or of who signs."""
    chain: Count | None = None
    """The id of another chain that it is for."""
    values: dict[Name, Words] = Field(default_factory=dict)
    as_: Name = Field(alias="as")

    def title(self) -> tuple[str, str]:
        return f"{self.by} signs a {self.message} by hand", f"{self.by} 手工签署 {self.message}"

    def play(self, world: World) -> Forged:
        message = self._message(world)
        signature = world.person(self.by).signer.sign_message(message, self._domain(world))
        held = world.cards.get(self.of or "")
        terms = message if isinstance(message, Terms) else None if held is None else held.record.terms
        made = Forged(message, signature, self.by if held is None else held.owner, terms)
        world.keep(self.as_, "forged", made, carry=None if terms is None else carry_forged)
        return made

    def _domain(self, world: World) -> Domain:
        chain = world.context.platform.chain_id if self.chain is None else self.chain
        if self.wallet is None and self.message in ("payment", "permit"):
            return digital_yuan_domain(chain, world.address("token"))
        held = world.cards.get(self.of or "")
        return sub_wallet_domain(
            chain, world.address(self.wallet or f"wallet of {self.by if held is None else held.owner}")
        )

    def _message(self, world: World) -> Message:
        if self.message == "purchase":
            return purchase(world, f"purchase of {self.of}")
        kind = _MESSAGES[self.message]
        there = {key(name): (name, of) for name, of in kind.SCHEMA.fields}
        for name in self.values:
            if key(name) not in there:
                raise unknown(f"field of {self.message}", name, [name for name, _ in kind.SCHEMA.fields])
        said = {key(name): text for name, text in self.values.items()}
        found = []
        for name, of in kind.SCHEMA.fields:
            text = said.get(key(name))
            found.append(
                self._usual(world, name, of) if text is None else argument(world, text, {"type": of})
            )
        return kind(*found)

    def _usual(self, world: World, name: str, of: str) -> Any:
        if name == "card" and self.of is not None:
            return world.card(self.of).record.card
        if name == "deadline":
            return world.now + _VALID
        return bytes(32) if of == "bytes32" else 0


def carry_forged(world: World, carrier: Signer, content: Forged) -> Any:
    """To the contract, which alone decides."""
    message, terms = content.message, content.terms
    assert terms is not None
    values = message.values()
    function, given = {
        "Purchase": ("openBySig", (terms.values(),)),
        "Consume": ("consume", (terms.values(), values[1:])),
        "Voucher": ("redeem", (terms.values(), values[1:])),
        "Certificate": ("certify", (terms.values(), values[1:])),
        "Terminate": ("terminateBySig", (terms.values(), *values[1:3])),
        "BumpEpoch": ("bumpEpochBySig", values),
        "Redirect": ("collectTo", (terms.values(), *values[1:])),
    }[message.SCHEMA.name]
    entry = entry_of(load_artefact("SubWallet"), function, len(given) + 1)
    data = encoded(entry, [*given, content.signature])
    call: Call[bytes] = Call(world.address(f"wallet of {content.owner}"), data, function, bytes)
    return send(world.context, carrier, call, f"carry {function}").receipt.tx_hash


class PrepareCall(Verb):
    """A call written down and not sent, for others to make: `call of x` is its data."""

    word: ClassVar[str] = "prepare-call"
    to: Words
    function: Words
    args: tuple[Argument, ...] = ()
    contract: Name | None = None
    """Speak to it as if it were this contract."""
    as_: Name = Field(alias="as")

    def title(self) -> tuple[str, str]:
        return f"a call of {self.function} is prepared", f"准备调用 {self.function}"

    def play(self, world: World) -> None:
        _, data = call_of(world, self.to, self.function, self.args, self.contract)
        results(world)[self.as_] = data


class Offer(Verb):
    """A merchant offers what no catalogue lists: `buy: {unchecked: yes}` takes its terms as they are."""

    word: ClassVar[str] = "offer"
    short: ClassVar[str] = "product"
    product: Name

    def title(self) -> tuple[str, str]:
        return f"{self.product} is offered, on no list", f"未经上架提供 {self.product}"

    def play(self, world: World) -> Any:
        if self.product not in world.offers:
            raise unknown("product", self.product, list(world.offers))
        terms = terms_of(world, self.product, world.offers[self.product])
        world.products[self.product] = Listing(terms.product_id, terms, self.product)
        return terms
