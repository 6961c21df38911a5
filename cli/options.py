"""Options that several commands share, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

As = Annotated[str | None, Option("--as", metavar="WHO")]
"""Who acts: a name or an address."""

Carrier = Annotated[str | None, Option("--carrier", metavar="WHO")]
"""Who carries a signature to the chain and pays the gas."""

PasswordFile = Annotated[Path | None, Option("--password-file", metavar="FILE")]
Yes = Annotated[bool, Option("--yes", "-y")]
CardId = Annotated[str, Argument(metavar="CARD")]
