"""Every failure a user can meet, as one tree of exceptions.

PrepaidError                 code, message, hint, exit status, values
├── ExpectationFailed   (1)  a scenario or check did not hold
├── InvalidInput        (2)  an argument, file or amount is not acceptable
├── ContractError       (3)  a contract refused; one generated subclass per custom error
├── EnvironmentFault    (4)  compiler, chain, file or tool missing, broken or busy
└── PolicyRefusal       (5)  the consumer's wallet refuses to sign

Each error names the offending value, where it stands, and the way out (`hint`).
Nothing here prints; the command line turns an error into one line or one JSON envelope.
"""

from __future__ import annotations

from typing import Any, ClassVar


class PrepaidError(Exception):
    """Base of all errors raised on purpose.

    `code` is stable across releases and languages; `values` holds what is needed to debug.
    """

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 4

    def __init__(self, message: str, *, hint: str = "", code: str | None = None, **values: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.values = values
        self.error_code = code or self.code

    def __str__(self) -> str:
        return self.message


class ExpectationFailed(PrepaidError):
    """Something that was expected to hold did not."""

    code = "expectation-failed"
    exit_status = 1


class InvalidInput(PrepaidError):
    """An argument, amount, address or file that cannot be accepted."""

    code = "invalid-input"
    exit_status = 2


class ContractError(PrepaidError):
    """A contract reverted. Generated subclasses carry the custom error's values."""

    code = "reverted"
    exit_status = 3

    name: ClassVar[str] = ""


class UnknownRevert(ContractError):
    """A revert whose data matches no error we know; `values["data"]` holds the bytes as hex."""

    code = "reverted-unknown"


class EnvironmentFault(PrepaidError):
    """Compiler, chain, file or tool missing, broken or busy."""

    code = "environment"
    exit_status = 4


class PolicyRefusal(PrepaidError):
    """The consumer's wallet refuses to sign or send."""

    code = "policy-refused"
    exit_status = 5
