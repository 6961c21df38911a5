"""Where the platform stands on one chain, as a small JSON file named after the chain's identity."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wallet.address import parse_address
from wallet.errors import EnvironmentFault, InvalidInput, PrepaidError
from wallet.home import write_atomic

if TYPE_CHECKING:
    from wallet.chain.base import Chain

SCHEMA = "prepaid.deployment/2"
_ADDRESSES = (
    "operator", "token", "template_registry", "merchant_registry", "catalogue", "factory", "sub_wallet",
    "relay",
)  # fmt: skip
FIELDS = {
    "DigitalYuan": "token",
    "TemplateRegistry": "template_registry",
    "MerchantRegistry": "merchant_registry",
    "Relay": "relay",
    "SubWallet": "sub_wallet",
    "ProductCatalogue": "catalogue",
    "SubWalletFactory": "factory",
}
"""Contract -> field of the deployment; templates and all other parts stand in two fields of their own."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """Addresses of the platform's contracts, and what it admitted at the start.

    `templates` maps a name to the admitted template's address, `parts` a contract's name to its address
    where no field names it (`Disputes`, …), `forms` a title to its hash (0x…); nothing of the platform
    happened before `block`. At block `ready`, whose hash is `ready_hash` (0x…), all of it
    stood; an empty hash says nothing.
    """

    identity: str
    chain_id: int
    block: int
    operator: str
    token: str
    template_registry: str
    merchant_registry: str
    catalogue: str
    factory: str
    sub_wallet: str
    relay: str
    templates: dict[str, str]
    parts: dict[str, str]
    forms: dict[str, str]
    ready: int = 0
    ready_hash: str = ""

    def contracts(self) -> dict[str, str]:
        """Every contract of the platform by its name; `SubWallet` is what all sub-wallets are copies of."""
        return {name: getattr(self, field) for name, field in FIELDS.items()} | self.templates | self.parts

    def part(self, name: str) -> str:
        """The address of a contract without a field; EnvironmentFault (`part-missing`) if there is none."""
        if name not in self.parts:
            raise EnvironmentFault(
                f"the platform on this chain has no contract {name}",
                hint="its operator adds what is missing with `prepaid deploy`",
                code="part-missing",
                name=name,
            )
        return self.parts[name]


def stands(chain: Chain, deployment: Deployment) -> bool:
    """Whether the chain still has it: a chain that was rolled back to before it keeps its identity."""
    if deployment.ready_hash:
        # Asking for a block costs the embedded chain nothing; asking for code makes it load its EVM.
        block = chain.block(deployment.ready)
        if block is not None and "0x" + block.hash.hex() == deployment.ready_hash:
            return True
    return bool(chain.code(deployment.factory))


def path_of(folder: Path, identity: str) -> Path:
    """The file for the chain `identity`."""
    return folder / f"{identity}.json"


def save_deployment(folder: Path, deployment: Deployment) -> Path:
    """Write the chain's own file, whole or not at all."""
    path = path_of(folder, deployment.identity)
    write_deployment(path, deployment)
    return path


def write_deployment(path: Path, deployment: Deployment) -> None:
    """Write a file that `join` reads, whole or not at all."""
    write_atomic(path, json.dumps({"schema": SCHEMA, **asdict(deployment)}, indent=2) + "\n")


def load_deployment(folder: Path, identity: str) -> Deployment | None:
    """The deployment on the chain `identity`, None if there is no file; EnvironmentFault if it is damaged."""
    path = path_of(folder, identity)
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as problem:
        raise _damaged(path, str(problem)) from problem
    try:
        return _read(json.loads(text), identity)
    except (ValueError, TypeError, KeyError, AttributeError, PrepaidError) as problem:
        raise _damaged(path, str(problem)) from problem


def join(chain: Chain, folder: Path, file: Path) -> Deployment:
    """Take over the deployment `file` that another machine wrote, once it is about this very chain.

    Raises InvalidInput `deployment-unfit` if the file cannot be read, is about another chain, names an
    address without code, or if another platform is known here already. What the contracts do is not
    checked: take such a file only from somebody you would take the platform's addresses from.
    """
    identity = str(chain.identity())
    try:
        fields = json.loads(file.read_text("utf-8"))
        found = fields["identity"]
        if found == identity:
            deployment = _read(fields, identity)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, PrepaidError) as problem:
        raise InvalidInput(
            f"{file}: not a readable deployment file ({problem})",
            hint="ask for the file that `prepaid deploy --out FILE` writes",
            code="deployment-unfit",
            file=str(file),
        ) from problem
    if found != identity or deployment.chain_id != chain.chain_id():
        raise InvalidInput(
            f"{file} is about the chain {found}, and this is {identity}",
            hint="name the platform's chain with --chain or --rpc",
            code="deployment-unfit",
            file=str(file),
            found=str(found),
            chain=identity,
        )
    named = [getattr(deployment, name) for name in _ADDRESSES if name != "operator"]
    for address in (*named, *deployment.templates.values(), *deployment.parts.values()):
        if not chain.code(address):
            raise InvalidInput(
                f"{file} names {address}, where this chain has no contract",
                hint="was the chain rolled back, or is the node behind? otherwise ask for a new file",
                code="deployment-unfit",
                file=str(file),
                address=address,
            )
    earlier = load_deployment(folder, identity)
    differs = earlier is not None and any(getattr(earlier, n) != getattr(deployment, n) for n in _ADDRESSES)
    if earlier is not None and differs and stands(chain, earlier):
        raise InvalidInput(
            f"another platform is known here: {path_of(folder, identity)}",
            hint="use another folder with --home, or move that file away",
            code="deployment-unfit",
            path=str(path_of(folder, identity)),
        )
    save_deployment(folder, deployment)
    return deployment


def _read(fields: dict[str, Any], identity: str) -> Deployment:
    if fields.pop("schema") != SCHEMA:
        raise ValueError("its schema is not " + SCHEMA)
    if fields["identity"] != identity:
        raise ValueError(f"it is about chain {fields['identity']}")
    for name in _ADDRESSES:
        fields[name] = parse_address(fields[name], where=name, checksum_required=True)
    for name in ("templates", "parts"):
        fields[name] = {k: parse_address(v, where=k) for k, v in fields[name].items()}
    for name in ("chain_id", "block", "ready"):
        if not isinstance(fields.get(name, 0), int):
            raise ValueError(f"{name} is not a whole number")
    for title, form in fields["forms"].items():
        if len(bytes.fromhex(form[2:])) != 32:
            raise ValueError(f"the hash of {title} is not 32 bytes")
    return Deployment(**fields)


def _damaged(path: Path, why: str) -> EnvironmentFault:
    return EnvironmentFault(
        f"{path}: not a readable deployment file ({why})",
        hint="delete it and run `prepaid deploy` again: what is on the chain is found there and used",
        code="deployment-damaged",
        path=str(path),
    )
