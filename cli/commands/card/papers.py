"""Papers: charges, authorisations and vouchers as files and QR codes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from cli.values import free_path

if TYPE_CHECKING:
    from wallet.exchange import Document

Out = Annotated[Path | None, Option("--out", metavar="FILE")]
Qr = Annotated[bool, Option("--qr")]
Png = Annotated[Path | None, Option("--png", metavar="FILE")]

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def paper_name(kind: str, card: bytes, number: str) -> Path:
    """`charge-3f2a-C-17.json`, whatever characters the number has."""
    return Path(f"{kind}-{card.hex()[:4]}-{_UNSAFE.sub('_', number)}.json")


def read_paper(path: Path) -> Document:
    """A document from a JSON or binary file, or from a picture of its QR code."""
    if path.suffix.lower() == ".png":
        from wallet.exchange.qr import read_qr

        return read_qr(path)
    from wallet.exchange.files import read_document

    return read_document(path)


def hand_over(
    document: Document, out: Path | None, name: Path, *, qr: bool, png: Path | None
) -> tuple[Path, str]:
    """Write the file, and the QR code where wanted; an existing file is replaced only if --out names it."""
    from wallet.exchange.files import write_document

    path = out or free_path(name)
    write_document(path, document)
    if png is not None:
        from wallet.exchange.qr import write_png

        write_png(png, document)
    if not qr:
        return path, ""
    from wallet.exchange.qr import to_terminal

    return path, to_terminal(document)


def lines(*parts: str) -> str:
    """The parts that are there, one below the other."""
    return "\n".join(part.rstrip("\n") for part in parts if part)
