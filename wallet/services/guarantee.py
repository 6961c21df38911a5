"""Those who stand behind cards: who is admitted here, what they hold, and what each allows itself.

A guarantor is a contract that an operator has admitted to the cover book; anybody can write one that accepts
every card and pays for none. What becomes of claims is `claim`'s business, what stands behind one card is
`guarantee_cover`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from wallet.address import ZERO_ADDRESS, parse_address
from wallet.bindings.cover_book import CoverBook
from wallet.bindings.events import GuarantorAdmitted, GuarantorDismissed
from wallet.bindings.guarantee_fund import GuaranteeFund
from wallet.bindings.insurance_pool import InsurancePool
from wallet.bindings.platform_advance import PlatformAdvance
from wallet.bindings.runtime import Call, ask
from wallet.bindings.structs import Limits
from wallet.chain.base import BadAnswer, Reverted
from wallet.compiler.artefacts import load_artefact
from wallet.errors import ContractError, EnvironmentFault, InvalidInput
from wallet.services.context import Context
from wallet.services.sending import create, send
from wallet.signing.signer import Signer

INSURANCE, PLATFORM, FUND = KINDS = ("insurance", "platform", "fund")
GUARANTORS: Final = ("InsurancePool", "PlatformAdvance", "GuaranteeFund")
"""The contracts of these kinds; also the names of those that stand from the beginning."""
STAGES: Final = ("none", "promised", "filed", "confirmed", "refused", "paid", "released")
TRIGGERS: Final = ("runaway", "bankruptcy", "licence-revoked", "closure", "dispute", "fraud")
"""As in contracts/types/Guarantee.sol, in its order."""
STOPPED: Final = TRIGGERS[:4]
"""What the registry of merchants shows: all of them are its dated stop."""
MAX_NAME_BYTES = 100


@dataclass(frozen=True, slots=True)
class Guarantor:
    """One that stands behind cards; capital and what of it is set aside in fen. `kind` is empty for a
    contract that is none of ours."""

    address: str
    kind: str
    name: str
    keeper: str
    capital: int
    reserved: int
    limits: Limits | None = None
    transaction: str = ""

    @property
    def free(self) -> int:
        """What it can still promise, or its keeper take out."""
        return self.capital - self.reserved


@dataclass(frozen=True, slots=True)
class Rules:
    """What a platform or a fund allows itself, for good: days, and fen per card, per merchant and in all."""

    assessor: str
    triggers: tuple[str, ...] = STOPPED
    wait_days: int = 7
    verify_days: int = 5
    cover_days: int = 1155
    """Three years and the sixty days in which a claim may still come."""
    card: int = 500_000
    merchant: int = 40_000_000
    total: int = 10**12

    def limits(self) -> Limits:
        """As the contract takes them."""
        return Limits(
            self.assessor,
            mask_of(self.triggers),
            self.wait_days,
            self.verify_days,
            self.cover_days,
            self.card,
            self.merchant,
            self.total,
        )


def mask_of(triggers: tuple[str, ...]) -> int:
    """The set of triggers as the contracts keep it; InvalidInput (`unknown-trigger`)."""
    return sum(1 << trigger_number(name) for name in set(triggers))


def trigger_number(name: str) -> int:
    """A trigger's place in the contracts' list."""
    if name not in TRIGGERS:
        known = ", ".join(TRIGGERS)
        raise InvalidInput(
            f"trigger: {name!r} is none of {known}",
            hint="a merchant that is gone is `runaway`",
            code="unknown-trigger",
            value=name,
            known=known,
        )
    return TRIGGERS.index(name)


def book_of(context: Context) -> CoverBook:
    """Where guarantors are admitted and covers announced; EnvironmentFault `part-missing` without it."""
    return CoverBook(context.platform.part("CoverBook"))


def list_guarantors(context: Context) -> list[Guarantor]:
    """All that are admitted now, in the order of their admission."""
    return [read_guarantor(context, address, name) for address, name in admitted(context).items()]


def admitted(context: Context) -> dict[str, str]:
    """Address -> name of those that covers may name."""
    if "CoverBook" not in context.platform.parts:
        return {}
    topics = [[GuarantorAdmitted.TOPIC, GuarantorDismissed.TOPIC]]
    found: dict[str, str] = {}
    for log in context.chain.logs(book_of(context).address, topics, context.platform.block):
        if log.topics[0] == GuarantorDismissed.TOPIC:
            found.pop(GuarantorDismissed.decode(log).guarantor, None)
        else:
            event = GuarantorAdmitted.decode(log)
            found[event.guarantor] = event.name
    return found


def find_guarantor(context: Context, wanted: str, *, kind: str = "") -> Guarantor:
    """The guarantor with this address or name, or the only one of this kind.

    Raises InvalidInput (`unknown-guarantor`, `ambiguous-guarantor`, `other-guarantor` if not of `kind`).
    """
    known = admitted(context)
    if wanted.startswith("0x"):
        address = parse_address(wanted, where="guarantor")
        found = [read_guarantor(context, address, known.get(address, ""))]
    else:
        every = [read_guarantor(context, address, name) for address, name in known.items()]
        found = [one for one in every if one.name == wanted] or [one for one in every if one.kind == wanted]
    if len(found) != 1 or not found[0].kind:
        names, several = ", ".join(known.values()), len(found) > 1
        raise InvalidInput(
            f"guarantor: {wanted!r} " + ("fits several" if several else "is not known here"),
            hint=f"known: {names}; or an address",
            code="ambiguous-guarantor" if several else "unknown-guarantor",
            value=wanted,
            known=names,
        )
    if kind and found[0].kind != kind:
        raise InvalidInput(
            f"{found[0].name or wanted} is of the kind {found[0].kind}, not {kind}",
            hint="`prepaid guarantee show` lists them",
            code="other-guarantor",
            value=wanted,
            kind=found[0].kind,
            needed=kind,
        )
    return found[0]


def kind_of(context: Context, address: str) -> str:
    """Which of our contracts it answers like; empty for none."""
    probes: tuple[tuple[str, Call[Any]], ...] = (
        (INSURANCE, InsurancePool(address).line_of(ZERO_ADDRESS)),
        (PLATFORM, PlatformAdvance(address).is_labelled(bytes(32))),
        (FUND, GuaranteeFund(address).limits()),
    )
    for kind, call in probes:
        try:
            ask(context.chain, call)
        except (BadAnswer, ContractError, Reverted):
            continue
        return kind
    return ""


def read_guarantor(context: Context, address: str, name: str, transaction: str = "") -> Guarantor:
    """The guarantor at an address as it stands now."""
    kind, chain = kind_of(context, address), context.chain
    if not kind:
        return Guarantor(address, "", name, ZERO_ADDRESS, 0, 0)
    capital, reserved = ask(chain, InsurancePool(address).books())
    limits = None if kind == INSURANCE else ask(chain, GuaranteeFund(address).limits())
    keeper = ask(chain, InsurancePool(address).keeper())
    return Guarantor(address, kind, name, keeper, capital, reserved, limits, transaction)


def open_guarantor(context: Context, keeper: Signer, kind: str, rules: Rules | None = None) -> Guarantor:
    """Create a guarantor that `keeper` runs, a platform or fund with `rules`. An operator has to admit it."""
    receipt = create(context, keeper, creation_of(context, kind, keeper.address, rules), f"guarantor {kind}")
    if receipt.contract is None:
        raise EnvironmentFault(
            "the chain does not say where it created the guarantor", code="chain-answer", created=kind
        )
    return read_guarantor(context, receipt.contract, "", "0x" + receipt.tx_hash.hex())


def creation_of(context: Context, kind: str, keeper: str, rules: Rules | None) -> bytes:
    """The data of the transaction that creates it on this platform."""
    found = context.platform
    at = (found.token, found.factory, found.merchant_registry, found.part("Disputes"), found.catalogue)
    return creation(kind, keeper, at, rules)


def creation(kind: str, keeper: str, at: tuple[str, str, str, str, str], rules: Rules | None) -> bytes:
    """The same for token, factory, merchant registry, disputes and catalogue at these addresses."""
    if kind == INSURANCE:
        return InsurancePool.creation(load_artefact("InsurancePool").bytecode, keeper, *at)
    if kind not in KINDS:
        known = ", ".join(KINDS)
        raise InvalidInput(
            f"kind: {kind!r} is none of {known}",
            hint="an insurer writes lines; a platform labels; a fund is fed by levies",
            code="unknown-guarantor-kind",
            value=kind,
            known=known,
        )
    limits = (rules or Rules(keeper)).limits()
    if kind == PLATFORM:
        return PlatformAdvance.creation(load_artefact("PlatformAdvance").bytecode, keeper, *at, limits)
    return GuaranteeFund.creation(load_artefact("GuaranteeFund").bytecode, keeper, *at, limits)


def admit(context: Context, operator: Signer, address: str, name: str) -> Guarantor:
    """Let covers name a guarantor; raises CoverBookNotOperator, InvalidInput if it is none of ours."""
    if not 0 < len(name.encode()) <= MAX_NAME_BYTES or name.startswith("0x"):
        raise InvalidInput(
            f"guarantor name: {name!r} is empty, longer than {MAX_NAME_BYTES} bytes, or like an address",
            hint="use the name the public shall know",
            code="invalid-name",
            value=name,
            most=MAX_NAME_BYTES,
        )
    found = find_guarantor(context, address)
    receipt = send(context, operator, book_of(context).admit(found.address, name), f"admit {name}").receipt
    return read_guarantor(context, found.address, name, "0x" + receipt.tx_hash.hex())


def dismiss(context: Context, operator: Signer, wanted: str) -> Guarantor:
    """Let no new cover name it; what it has promised stays promised."""
    found = find_guarantor(context, wanted)
    call = book_of(context).dismiss(found.address)
    receipt = send(context, operator, call, f"dismiss {found.name}").receipt
    return read_guarantor(context, found.address, found.name, "0x" + receipt.tx_hash.hex())


def label(
    context: Context, platform: Signer, subject: str, *, on: bool = True, wanted: str = PLATFORM
) -> str:
    """Give the platform's label to a merchant (its address) or a product (its id), or take it away; the
    transaction. Cards accepted before stay covered."""
    found = find_guarantor(context, wanted, kind=PLATFORM)
    raw = bytes.fromhex(subject.removeprefix("0x"))
    call = PlatformAdvance(found.address).label(bytes(32 - len(raw)) + raw, on)
    receipt = send(context, platform, call, f"label {subject}").receipt
    return "0x" + receipt.tx_hash.hex()


def list_template(context: Context, keeper: Signer, wanted: str, template: str, *, on: bool = True) -> str:
    """Let a platform or fund accept cards with these rules, or no more; the transaction."""
    found = find_guarantor(context, wanted)
    call = GuaranteeFund(found.address).list_template(template, on)
    return "0x" + send(context, keeper, call, f"list {template}").receipt.tx_hash.hex()
