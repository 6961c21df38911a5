"""What many verbs have in common: who carries, what goes wrong on the way, who really signs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from wallet.scenario.values import Count, Duration, Name, Words
from wallet.scenario.verb import Verb


class Sending(Verb):
    """A step that sends transactions. The runner sees to `gas` and `submission`."""

    carried_by: Name | None = None
    """Who sends it and pays the gas; else the operator."""
    gas: Count | None = None
    """Gas limit of everything this step sends."""
    submission: Literal["dropped", "doubled"] | None = None
    """dropped: the chain never gets it (until `recover`); doubled: it arrives twice."""


class Signing(Sending):
    """A step that signs something."""

    signed_by: Name | None = None
    """Whose hand signs it, under the name of who should."""
    valid: Duration | None = None
    """How long the signature is good for."""


class Making(Signing):
    """A step that leaves a signed document to be carried later."""

    as_: Name | None = Field(default=None, alias="as")
    """The document's name; without one it is the newest of its kind for its card."""
    alter: dict[Name, Words] = Field(default_factory=dict)
    """Fields of the document that are changed after it was signed: `{max-pay: ¥50}`."""
