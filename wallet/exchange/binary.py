"""The compact form of a document: small enough for a QR code in a terminal.

"PP", version, document code, the fields in the order of its layout, and a CRC-32 over all before it. Numbers
are LEB128 in shortest form, texts and signatures carry their length, everything else has its fixed size;
so each document has exactly one spelling. The CRC catches accidents; only the signature catches intent.
"""

from __future__ import annotations

import zlib

from wallet.address import address_bytes, to_checksum
from wallet.errors import InvalidInput
from wallet.exchange.documents import LIMITS, SIZES, TEXTS, Document, Kind, check_field, invalid
from wallet.exchange.statements import DOCUMENTS

MAGIC = b"PP"
VERSION = 1
MAX_BYTES = 1024

_BY_CODE = {kind.CODE: kind for kind in DOCUMENTS}


def to_bytes(document: Document) -> bytes:
    """The compact form. InvalidInput (`invalid-document`) if a field is out of its bounds."""
    document.check()
    body = MAGIC + bytes([VERSION, document.CODE])
    body += b"".join(_write(kind, getattr(document, name)) for name, kind in document.LAYOUT)
    return body + zlib.crc32(body).to_bytes(4, "big")


def from_bytes(data: bytes, *, where: str = "document") -> Document:
    """Read the compact form. InvalidInput (`invalid-document`) says what is wrong and `where`."""
    if len(data) > MAX_BYTES or not data.startswith(MAGIC) or len(data) < 8:
        raise invalid(where, "this is no charge, authorisation or other document known here")
    if data[2] != VERSION:
        raise invalid(where, f"written in version {data[2]} of the format, this program reads {VERSION}")
    if zlib.crc32(data[:-4]).to_bytes(4, "big") != data[-4:]:
        raise invalid(where, "the checksum differs: it was damaged or cut on the way")
    kind = _BY_CODE.get(data[3])
    if kind is None:
        raise invalid(where, f"unknown kind of document {data[3]}")
    reader = _Reader(data[4:-4])
    try:
        values = {}
        for name, field in kind.LAYOUT:
            values[name] = reader.field(name, field)
            check_field(name, field, values[name])
        if reader.left():
            raise invalid("end", f"{reader.left()} bytes too many")
        document = kind(**values)
        document.check()
    except InvalidInput as error:
        raise invalid(where, error.message) from None
    return document


def _write(kind: Kind, value: str | int | bytes) -> bytes:
    if isinstance(value, int):
        return _leb128(value)
    if kind is Kind.ADDRESS:
        assert isinstance(value, str)
        return address_bytes(value)
    raw = value.encode() if isinstance(value, str) else value
    return raw if kind in SIZES else _leb128(len(raw)) + raw


def _leb128(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def left(self) -> int:
        return len(self._data) - self._at

    def field(self, name: str, kind: Kind) -> str | int | bytes:
        if kind in LIMITS:
            return self._number(name)
        if kind is Kind.ADDRESS:
            return to_checksum(self._take(name, 20))
        if kind in SIZES:
            return self._take(name, SIZES[kind])
        raw = self._take(name, self._number(name))
        if kind not in TEXTS:
            return raw
        try:
            return raw.decode()
        except UnicodeDecodeError:
            raise invalid(name, "not UTF-8") from None

    def _take(self, name: str, size: int) -> bytes:
        if size > self.left():
            raise invalid(name, "cut short")
        self._at += size
        return self._data[self._at - size : self._at]

    def _number(self, name: str) -> int:
        number = shift = 0
        while True:
            byte = self._take(name, 1)[0]
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
        if byte == 0 and shift:
            raise invalid(name, "a number is not in its shortest form")
        return number
