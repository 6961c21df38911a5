"""A person's accounts: V3 keystore files in one folder, one file a name.

Files appear whole or not at all, with mode 0600, and an existing one is never overwritten: a lost key is
lost money. The address stands in clear in each file, so listing asks for no password.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wallet.address import parse_address
from wallet.eip712.signature import ORDER, public_address
from wallet.errors import InvalidInput, PolicyRefusal, PrepaidError
from wallet.home import unwritable
from wallet.signing import v3
from wallet.signing.dev import dev_addresses
from wallet.signing.passwords import PasswordSource
from wallet.signing.signer import KeySigner

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_KEY = re.compile(r"(0x)?[0-9a-fA-F]{64}")
_MAX_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Account:
    """A key somebody holds: its name, checksum address and file."""

    name: str
    address: str
    path: Path


@dataclass(frozen=True, slots=True)
class Damaged:
    """A keystore file that cannot be read: its name, its path, and the error that opening it is."""

    name: str
    path: Path
    problem: PrepaidError


class Keystore:
    """The folder of keystore files. `cost` is scrypt's N, lower only in tests."""

    def __init__(self, folder: Path, *, cost: int = v3.COST) -> None:
        self._folder = folder
        self._cost = cost

    def accounts(self) -> list[Account]:
        """All accounts whose files can be read, by name."""
        return self.look()[0]

    def look(self) -> tuple[list[Account], list[Damaged]]:
        """All accounts by name, and the files that are none: one bad file must not lock up the others."""
        accounts: list[Account] = []
        damaged: list[Damaged] = []
        paths = sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []
        for path in paths:
            try:
                accounts.append(_account(path, _load(path)))
            except PrepaidError as problem:
                damaged.append(Damaged(path.stem, path, problem))
        return accounts, damaged

    def find(self, name_or_address: str) -> Account:
        """The account of that name or address. InvalidInput (`unknown-account`) lists what there is.

        EnvironmentFault (`keystore-damaged`) if it is one whose file cannot be read.
        """
        accounts, damaged = self.look()
        wanted = name_or_address
        if wanted.startswith("0x"):
            wanted = parse_address(wanted, where="account")
        for account in accounts:
            if wanted in (account.name, account.address):
                return account
        for one in damaged:
            if wanted == one.name:
                raise one.problem
        known = ", ".join(account.name for account in accounts) or "none yet"
        raise InvalidInput(
            f"there is no account {name_or_address!r}",
            hint=f"accounts here: {known}; `prepaid account new NAME` makes one",
            code="unknown-account",
            account=name_or_address,
        )

    def new(self, name: str, password: PasswordSource) -> Account:
        """A new random key. Raises InvalidInput (`invalid-account`, `account-exists`)."""
        # A number from 1 to order - 1, each equally likely.
        key = (secrets.randbelow(ORDER - 1) + 1).to_bytes(32, "big")
        return self._add(name, key, password)

    def import_key(self, name: str, private_key: str, password: PasswordSource) -> Account:
        """Add a private key given as 64 hexadecimal digits (from a file or prompt).

        Raises InvalidInput (`invalid-key`, `invalid-account`, `account-exists`), PolicyRefusal
        (`public-key-known`) for a development key: everybody can spend what it holds.
        """
        text = private_key.strip()
        if _KEY.fullmatch(text) is None:
            raise InvalidInput(
                "that is not a private key", hint="a private key is 64 hexadecimal digits", code="invalid-key"
            )
        return self._add(name, bytes.fromhex(text.removeprefix("0x")), password)

    def import_file(self, name: str, file: Path, password: PasswordSource) -> Account:
        """Add a keystore file made elsewhere; its password is checked and kept."""
        key = v3.decrypt(_load(file), password(name), where=str(file))
        return self._add(name, key, password)

    def open(self, name_or_address: str, password: PasswordSource) -> KeySigner:
        """Unlock an account. Raises InvalidInput (`unknown-account`, `wrong-password`)."""
        account = self.find(name_or_address)
        key = v3.decrypt(_load(account.path), password(account.name), where=str(account.path))
        signer = KeySigner(key)
        if signer.address != account.address:
            raise v3.damaged(str(account.path), f"it names {account.address} but holds {signer.address}")
        return signer

    def _add(self, name: str, key: bytes, password: PasswordSource) -> Account:
        if _NAME.fullmatch(name) is None:
            raise InvalidInput(
                f"{name!r} is not a name for an account",
                hint="use 1 to 32 of a-z, 0-9, - and _, beginning with a letter or digit",
                code="invalid-account",
                account=name,
            )
        path = self._folder / f"{name}.json"
        address = public_address(key)
        if address in dev_addresses():
            raise PolicyRefusal(
                f"{address} is a development account whose key everybody knows",
                hint="on a local chain it can be used without a file",
                code="public-key-known",
                address=address,
            )
        taken = [account.name for account in self.accounts() if account.address == address]
        if path.exists() or taken:
            raise _exists(taken[0] if taken else name, path)
        text = json.dumps(v3.encrypt(key, password(name), cost=self._cost), indent=2) + "\n"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_new(path, text.encode())
        except OSError as error:
            if path.exists():
                raise _exists(name, path) from None
            raise unwritable(path, error) from error
        return Account(name, address, path)


def _exists(name: str, path: Path) -> InvalidInput:
    return InvalidInput(
        f"an account {name!r} exists already",
        hint=f"choose another name; nothing was changed in {path.parent}",
        code="account-exists",
        account=name,
    )


def _write_new(path: Path, data: bytes) -> None:
    """Write a file that appears whole, once. FileExistsError if the name is taken."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _load(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(_MAX_BYTES))
    except FileNotFoundError:
        raise InvalidInput(f"there is no file {path}", code="no-such-file", file=str(path)) from None
    except (OSError, ValueError) as error:
        raise v3.damaged(str(path), str(error)) from error
    if not isinstance(document, dict):
        raise v3.damaged(str(path), "it is not a JSON object")
    # Some early wallets capitalised this one key.
    if "Crypto" in document:
        document["crypto"] = document.pop("Crypto")
    return document


def _account(path: Path, document: dict[str, Any]) -> Account:
    address = document.get("address")
    if not isinstance(address, str) or re.fullmatch(r"(0x)?[0-9a-fA-F]{40}", address) is None:
        raise v3.damaged(str(path), "it names no address")
    return Account(path.stem, parse_address("0x" + address.removeprefix("0x").lower()), path)
