"""Where a password comes from: a prompt, a file or the environment; never the command line.

Arguments are visible to every user of a machine and stay in shell histories, so there is no function here
that takes a password from one. A source is asked only when a file must really be opened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from wallet.errors import EnvironmentFault, InvalidInput

PasswordSource: TypeAlias = Callable[[str], str]
"""Takes the name of the account, answers its password."""

VARIABLE = "PREPAID_PASSWORD"
FILE_VARIABLE = "PREPAID_PASSWORD_FILE"

_MAX_BYTES = 4096


def from_environment(environment: Mapping[str, str], variable: str = VARIABLE) -> PasswordSource:
    """The value of an environment variable. Raises InvalidInput (`no-password`) if it is missing or empty."""

    def source(account: str) -> str:
        return _not_empty(environment.get(variable, ""), f"the variable {variable}", account)

    return source


def from_file(path: Path) -> PasswordSource:
    """The first line of a file. EnvironmentFault if it cannot be read, InvalidInput if it is empty."""

    def source(account: str) -> str:
        try:
            with path.open("rb") as file:
                line = file.read(_MAX_BYTES).split(b"\n", 1)[0].removesuffix(b"\r").decode()
        except (OSError, UnicodeDecodeError) as error:
            raise EnvironmentFault(
                f"the password file {path} cannot be read: {error}",
                hint="it holds the password on its first line, in UTF-8",
                code="password-file",
                file=str(path),
            ) from error
        return _not_empty(line, f"the password file {path}", account)

    return source


def from_prompt(ask: Callable[[str], str]) -> PasswordSource:
    """Whatever a front end's own prompt returns; `ask` receives the account's name."""

    def source(account: str) -> str:
        return _not_empty(ask(account), "the prompt", account)

    return source


def choose(
    environment: Mapping[str, str], *, file: Path | None = None, ask: Callable[[str], str] | None = None
) -> PasswordSource:
    """A file named by the caller, else the environment, else the prompt; refusal if there is none of them."""
    if file is not None:
        return from_file(file)
    if environment.get(FILE_VARIABLE):
        return from_file(Path(environment[FILE_VARIABLE]))
    if VARIABLE in environment:
        return from_environment(environment)
    return from_prompt(ask if ask is not None else _nobody)


def _nobody(account: str) -> str:
    raise InvalidInput(
        f"no password for {account}: nobody is at a terminal to be asked",
        hint=f"name a file with --password-file or {FILE_VARIABLE}, or set {VARIABLE}",
        code="no-password",
        account=account,
    )


def _not_empty(password: str, origin: str, account: str) -> str:
    if not password:
        raise InvalidInput(
            f"{origin} gave no password for {account}",
            hint=f"use the prompt, {FILE_VARIABLE} or {VARIABLE}",
            code="no-password",
            account=account,
        )
    return password
