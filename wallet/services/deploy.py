"""Put the platform on a chain, in waves of transactions; may be repeated.

What an interrupted or earlier run created is recognised by the journal and used again: the purpose of each
creation carries the hash of its code and arguments, so changed contracts are created anew and unchanged
ones are not. Where the journal knows nothing, what the deployment file names is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from wallet.bindings.cover_book import CoverBook
from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.disputes import Disputes
from wallet.bindings.merchant_registry import MerchantRegistry
from wallet.bindings.operators import Operators
from wallet.bindings.party_pool import PartyPool
from wallet.bindings.product_catalogue import ProductCatalogue
from wallet.bindings.relay import Relay
from wallet.bindings.runtime import ask
from wallet.bindings.sub_wallet import SubWallet
from wallet.bindings.sub_wallet_factory import SubWalletFactory
from wallet.bindings.template_registry import TemplateRegistry
from wallet.chain.base import CallRequest, Receipt
from wallet.compiler.artefacts import load_artefact
from wallet.errors import EnvironmentFault
from wallet.keccak import keccak256
from wallet.rules import REFERENCE_TEMPLATES
from wallet.services import form
from wallet.services.context import Context
from wallet.services.deployment import FIELDS, Deployment, path_of, save_deployment
from wallet.services.guarantee import GUARANTORS, KINDS, creation
from wallet.services.operators import hand_over
from wallet.services.sending import Item, send, send_all, succeeded
from wallet.signing.signer import Signer


@dataclass(frozen=True, slots=True)
class Deployed:
    """The platform's addresses, the file that holds them, and which contracts this run created."""

    deployment: Deployment
    file: str
    created: tuple[str, ...]


def deploy(context: Context, operator: Signer, *, approvers: Sequence[str] = ()) -> tuple[Context, Deployed]:
    """Create what is missing of the platform; `operator` issues its digital yuan, and runs it unless others
    are named as `approvers`: then nobody does until all of them have agreed on somebody.

    Returns a context that knows the platform. Raises a typed error if a contract refuses, and
    EnvironmentFault (`deployed-by-another`, `approvers-differ`) if another operator deployed here before, or
    other approvers were named.
    """
    found = context.found
    if found is not None and found.operator != operator.address:
        raise EnvironmentFault(
            f"the platform on this chain belongs to {found.operator}",
            hint="use that account, or `prepaid chain reset` on a chain of your own",
            code="deployed-by-another",
            operator=found.operator,
        )
    work = _Work(context, operator)
    block = context.chain.head().number if found is None else found.block
    board = _approvers(context, operator, approvers)
    stands = {OPERATOR: operator.address, APPROVERS: " ".join(board)}
    for wave in WAVES:
        stands |= work.create({name: creation(stands) for name, creation in wave.items()})
    registry = stands["TemplateRegistry"]
    deployment = Deployment(
        identity=context.identity,
        chain_id=context.chain.chain_id(),
        block=block,
        operator=operator.address,
        token=stands["DigitalYuan"],
        template_registry=registry,
        merchant_registry=stands["MerchantRegistry"],
        catalogue=stands["ProductCatalogue"],
        factory=stands["SubWalletFactory"],
        sub_wallet=stands["SubWallet"],
        relay=stands["Relay"],
        templates=work.admit(registry, {name: stands[name] for name in REFERENCE_TEMPLATES}),
        parts={name: stands[name] for wave in WAVES for name in wave if _is_part(name)},
        forms={form.TITLE: "0x" + form.HASH.hex()},
    )
    work.register_form(deployment.catalogue)
    desks = (deployment.merchant_registry, deployment.catalogue)
    hand_over(context, operator, Operators(deployment.part("Operators")), board, desks)
    if found is not None and replace(found, ready=0, ready_hash="") == deployment:
        deployment = found
    else:
        head = context.chain.head()
        deployment = replace(deployment, ready=head.number, ready_hash="0x" + head.hash.hex())
        save_deployment(context.deployments, deployment)
    file = str(path_of(context.deployments, context.identity))
    return context.with_platform(deployment), Deployed(deployment, file, tuple(work.created))


Stands = Mapping[str, str]
"""Addresses by contract name, those of earlier waves; the operator's under OPERATOR, the approvers' under
APPROVERS with spaces between."""
Creation = Callable[[Stands], bytes]

OPERATOR, APPROVERS = "operator", "approvers"
NEGOTIATION_DAYS = 7
"""Calendar days a merchant has to answer a complaint before it may be taken further (a choice of ours)."""


def _bare(name: str, _: Stands) -> bytes:
    return _code(name)


def _guarantor(kind: str, at: Stands) -> bytes:
    parts = ("DigitalYuan", "SubWalletFactory", "MerchantRegistry", "Disputes", "ProductCatalogue")
    token, factory, merchants, disputes, catalogue = (at[name] for name in parts)
    return creation(kind, at[OPERATOR], (token, factory, merchants, disputes, catalogue), None)


WAVES: tuple[dict[str, Creation], ...] = (
    {
        "DigitalYuan": lambda at: DigitalYuan.creation(_code("DigitalYuan"), at[OPERATOR]),
        "TemplateRegistry": lambda at: TemplateRegistry.creation(_code("TemplateRegistry")),
        "MerchantRegistry": lambda at: MerchantRegistry.creation(_code("MerchantRegistry"), at[OPERATOR]),
        "Disputes": lambda at: Disputes.creation(
            _code("Disputes"), at[OPERATOR], at[OPERATOR], NEGOTIATION_DAYS
        ),
        "Relay": lambda at: Relay.creation(_code("Relay")),
        "PaymentBook": partial(_bare, "PaymentBook"),
        "Settlements": partial(_bare, "Settlements"),
        **{name: partial(_bare, name) for name in REFERENCE_TEMPLATES},
    },
    {
        "SubWallet": lambda at: SubWallet.creation(
            _code("SubWallet"), at["TemplateRegistry"], at["MerchantRegistry"], at["Disputes"]
        ),
        "ProductCatalogue": lambda at: ProductCatalogue.creation(
            _code("ProductCatalogue"), at[OPERATOR], at["TemplateRegistry"], at["MerchantRegistry"]
        ),
    },
    {
        "SubWalletFactory": lambda at: SubWalletFactory.creation(_code("SubWalletFactory"), at["SubWallet"]),
        # All of them have to agree: one that need not be asked would be no approver.
        "Operators": lambda at: Operators.creation(
            _code("Operators"),
            at[APPROVERS].split(),
            len(at[APPROVERS].split()),
            [at["MerchantRegistry"], at["ProductCatalogue"]],
        ),
    },
    {
        # The operator runs them at first; others are opened and admitted later.
        **{part: partial(_guarantor, kind) for kind, part in zip(KINDS, GUARANTORS, strict=True)},
        "PartyPool": lambda at: PartyPool.creation(_code("PartyPool"), at[OPERATOR], at["DigitalYuan"]),
    },
    {
        "CoverBook": lambda at: CoverBook.creation(
            _code("CoverBook"), at["MerchantRegistry"], [at[name] for name in GUARANTORS], GUARANTORS
        ),
    },
)
"""The platform's contracts in the order in which they need one another; each wave is one batch. A contract
without a field of its own in the deployment is found in `Deployment.parts` under its name."""


def _is_part(name: str) -> bool:
    return name not in FIELDS and name not in REFERENCE_TEMPLATES


def _approvers(context: Context, operator: Signer, named: Sequence[str]) -> tuple[str, ...]:
    """Those who stand, since they stay; else those who are named; else the operator itself."""
    contract = None if context.found is None else context.found.parts.get("Operators")
    if contract is None:
        return tuple(named) or (operator.address,)
    standing = ask(context.chain, Operators(contract).approvers())
    if named and set(named) != set(standing):
        raise EnvironmentFault(
            f"the approvers of this platform are {', '.join(standing)}, and stay",
            hint="leave the approvers out",
            code="approvers-differ",
            approvers=", ".join(standing),
        )
    return standing


class _Work:
    """One deployment under way: looks for what is there, creates what is not."""

    def __init__(self, context: Context, operator: Signer) -> None:
        self.context, self.operator = context, operator
        self.created: list[str] = []

    def create(self, codes: Mapping[str, bytes]) -> dict[str, str]:
        """Addresses of contracts with these creation codes, those missing created in one batch."""
        purposes = {name: f"deploy {name} {keccak256(code).hex()[:16]}" for name, code in codes.items()}
        there = {name: self._earlier(purpose) or self._known(name) for name, purpose in purposes.items()}
        missing = [name for name, address in there.items() if address is None]
        items = [Item(None, codes[name], purposes[name], self._gas(codes[name])) for name in missing]
        receipts = send_all(self.context, self.operator, items, "deploy")
        made = dict(zip(missing, receipts, strict=True))
        self.created += missing
        return {name: address or _address(self.context, made, name) for name, address in there.items()}

    def admit(self, registry: str, sources: Mapping[str, str]) -> dict[str, str]:
        """The admitted templates with the codes of `sources`, those missing admitted in one batch.

        The EVM walks through their codes, which takes most of a deployment's time on the embedded chain:
        what was estimated is not simulated once more.
        """
        chain, contract = self.context.chain, TemplateRegistry(registry)
        admitted, items = {}, []
        for name, source in sources.items():
            admitted[name] = ask(chain, contract.address_of(keccak256(chain.code(source))))
            if not ask(chain, contract.is_admitted(admitted[name])):
                call = contract.register(source)
                gas = chain.estimate_gas(call.request(self.operator.address))
                items.append(Item.of(call, f"admit {name}", gas))
        for receipt in send_all(self.context, self.operator, items, "deploy"):
            succeeded(self.context, receipt)
        return admitted

    def register_form(self, catalogue: str) -> None:
        """Register the standard form, unless it is."""
        contract = ProductCatalogue(catalogue)
        if not ask(self.context.chain, contract.is_form(form.HASH)):
            send(self.context, self.operator, contract.register_form(form.HASH, form.TITLE), "register form")

    def _earlier(self, purpose: str) -> str | None:
        done = self.context.journal.done(self.context.identity, purpose)
        receipt = None if done is None else self.context.chain.receipt(done.hash)
        return None if receipt is None else receipt.contract

    def _known(self, name: str) -> str | None:
        """What the deployment file says where the journal has no record of creating it, or of its successor.

        A journal that was lost or is another machine's must not lead to a second platform beside the first.
        """
        found = self.context.found
        if found is None or self.context.journal.ever(self.context.identity, f"deploy {name} "):
            return None
        field = FIELDS.get(name)
        return (found.templates | found.parts).get(name) if field is None else str(getattr(found, field))

    def _gas(self, code: bytes) -> int:
        return self.context.chain.estimate_gas(CallRequest(None, code, self.operator.address))


def _address(context: Context, made: Mapping[str, Receipt], name: str) -> str:
    address = succeeded(context, made[name]).contract
    if address is None:
        raise EnvironmentFault(
            f"the chain does not say where it created {name}", code="chain-answer", created=name
        )
    return address


def _code(name: str) -> bytes:
    return load_artefact(name).bytecode
