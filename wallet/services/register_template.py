"""Bring a rule developer's template onto the platform: deploy its code, let the registry admit it."""

from __future__ import annotations

from dataclasses import dataclass

from wallet.bindings.runtime import ask, decode_revert
from wallet.bindings.template_registry import TemplateRegistry
from wallet.chain.base import Reverted
from wallet.compiler.artefacts import Artefact
from wallet.errors import EnvironmentFault
from wallet.keccak import keccak256
from wallet.services.context import Context
from wallet.services.sending import create, send
from wallet.signing.signer import Signer


@dataclass(frozen=True, slots=True)
class Registered:
    """An admitted template. `source` is where its code was deployed first; `new` false if it was known."""

    name: str
    template: str
    source: str
    code_hash: str
    new: bool
    transaction: str


def register_template(context: Context, by: Signer, artefact: Artefact) -> Registered:
    """Deploy and admit; anyone may. Raises TemplateRegistryNotPure if it is not pure.

    Code that was admitted before is found again by its hash, and nothing is sent.
    """
    registry = TemplateRegistry(context.platform.template_registry)
    code_hash = keccak256(artefact.runtime)
    template = ask(context.chain, registry.address_of(code_hash))
    if ask(context.chain, registry.is_admitted(template)):
        return Registered(artefact.name, template, "", "0x" + code_hash.hex(), False, "")
    receipt = create(context, by, artefact.bytecode, f"deploy template {artefact.name}")
    source = receipt.contract
    if source is None:
        raise EnvironmentFault(
            "the chain does not say where it created the template", code="chain-answer", created=artefact.name
        )
    call = registry.register(source)
    try:
        gas = context.chain.estimate_gas(call.request(by.address))
    except Reverted as refused:
        raise decode_revert(refused.data) from refused
    sent = send(context, by, call, f"admit {artefact.name}", gas=gas)
    code_hash = keccak256(context.chain.code(source))
    transaction = "0x" + sent.receipt.tx_hash.hex()
    return Registered(artefact.name, sent.answer, source, "0x" + code_hash.hex(), True, transaction)
