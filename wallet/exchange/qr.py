"""QR codes of documents: drawn in a terminal or as PNG, read back from a PNG.

The codes carry the compact form in byte mode at the lowest error correction, which a screen does not need.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from wallet.errors import EnvironmentFault
from wallet.exchange.binary import from_bytes, to_bytes
from wallet.exchange.documents import Document, invalid
from wallet.exchange.png import Gray, read_png
from wallet.home import write_atomic

MAX_VERSION = 12
"""65 modules and a border: 69 columns by 35 lines of half blocks."""

_BORDER = 2


def to_terminal(document: Document) -> str:
    """Lines of half blocks, light modules drawn, for a dark terminal; readers cope with inversion."""
    out = io.StringIO()
    _code(to_bytes(document)).terminal(out, border=_BORDER, compact=True)
    return out.getvalue()


def write_png(path: Path, document: Document, *, scale: int = 6) -> None:
    """A PNG of the code, `scale` pixels a module. Raises FileUnwritable."""
    write_code(path, to_bytes(document), scale=scale)


def write_code(path: Path, data: bytes, *, scale: int = 6) -> None:
    """The same for any bytes."""
    out = io.BytesIO()
    _code(data).save(out, kind="png", scale=scale, border=4)
    write_atomic(path, out.getvalue())


def read_qr(path: Path) -> Document:
    """The document in a PNG picture of a QR code, say a screenshot.

    Raises InvalidInput (`invalid-document`) if there is no code, more than one, or it is none of ours;
    EnvironmentFault (`file-unreadable`).
    """
    return from_bytes(read_code(path), where=str(path))


def read_code(path: Path) -> bytes:
    """What the one QR code in a PNG picture says, whatever it is. Errors as in `read_qr`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EnvironmentFault(
            f"{path} cannot be read: {error.strerror}",
            hint="give the path of a PNG picture",
            code="file-unreadable",
            file=str(path),
        ) from error
    return _bytes_in(read_png(data, where=str(path)), where=str(path))


def from_picture(picture: Gray, *, where: str = "picture") -> Document:
    """The document in a grey picture. Errors as in `read_qr`."""
    return from_bytes(_bytes_in(picture, where=where), where=where)


def _bytes_in(picture: Gray, *, where: str) -> bytes:
    import zxingcpp

    view = memoryview(picture.pixels).cast("B", (picture.height, picture.width))
    found = zxingcpp.read_barcodes(view, formats=zxingcpp.barcode_formats_from_str("QRCode"))
    if len(found) != 1:
        count = "no QR code" if not found else f"{len(found)} QR codes"
        raise invalid(where, f"{count} found in the picture, one expected")
    return bytes(found[0].bytes)


def _code(data: bytes) -> Any:
    import segno

    code = segno.make_qr(data, error="l", mode="byte", boost_error=True)
    if int(code.version) > MAX_VERSION:
        raise invalid("signature", f"too long for a QR code that fits a terminal (version {code.version})")
    return code
