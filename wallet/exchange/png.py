"""PNG pictures to grey pixels, with zlib alone.

The QR reader takes raw pixels, and an image library would be the heaviest dependency of all for this one use.
All colour types and depths are read; interlaced files are not, since no screenshot tool writes them.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from wallet.errors import InvalidInput

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_MAX_PIXELS = 50_000_000


@dataclass(frozen=True, slots=True)
class Gray:
    """A picture of one byte a pixel, row by row; 0 is black."""

    width: int
    height: int
    pixels: bytes


def read_png(data: bytes, *, where: str = "picture") -> Gray:
    """The grey picture in PNG data. Raises InvalidInput (`invalid-picture`) naming `where`."""
    if not data.startswith(_SIGNATURE):
        raise _bad(where, "not a PNG file")
    try:
        return _decode(data, where)
    except (struct.error, zlib.error, IndexError, KeyError, ValueError) as error:
        raise _bad(where, f"damaged ({error})") from None


def _bad(where: str, reason: str) -> InvalidInput:
    return InvalidInput(
        f"{where}: {reason}", hint="save the picture as a PNG", code="invalid-picture", file=where
    )


def _decode(data: bytes, where: str) -> Gray:
    header, palette, body = b"", b"", []
    at = len(_SIGNATURE)
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        content = data[at + 8 : at + 8 + size]
        (crc,) = struct.unpack_from(">I", data, at + 8 + size)
        if zlib.crc32(name + content) != crc:
            raise _bad(where, "damaged (checksum)")
        at += 12 + size
        if name == b"IHDR":
            header = content
        elif name == b"PLTE":
            palette = content
        elif name == b"IDAT":
            body.append(content)
        elif name == b"IEND":
            break
    width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", header)
    if interlace or depth not in _DEPTHS[colour] or not 0 < width * height <= _MAX_PIXELS:
        raise _bad(where, "interlaced, too large, or of a kind that is not read here")
    bits = depth * _CHANNELS[colour]
    stride = (width * bits + 7) // 8
    inflate = zlib.decompressobj()
    raw = inflate.decompress(b"".join(body), height * (stride + 1))
    if len(raw) != height * (stride + 1):
        raise _bad(where, "cut short")
    rows = _unfilter(raw, height, stride, max(1, bits // 8))
    return Gray(width, height, b"".join(_gray(row, width, depth, colour, palette) for row in rows))


def _unfilter(raw: bytes, height: int, stride: int, step: int) -> list[bytearray]:
    rows: list[bytearray] = []
    above = bytearray(stride)
    for number in range(height):
        start = number * (stride + 1)
        kind, row = raw[start], bytearray(raw[start + 1 : start + 1 + stride])
        if kind > 4:
            raise ValueError(f"filter {kind}")
        if kind == 2:
            row = bytearray((a + b) & 0xFF for a, b in zip(row, above, strict=True))
        elif kind:
            for i in range(stride):
                left = row[i - step] if i >= step else 0
                corner = above[i - step] if i >= step else 0
                if kind == 1:
                    guess = left
                elif kind == 3:
                    guess = (left + above[i]) // 2
                else:
                    guess = _paeth(left, above[i], corner)
                row[i] = (row[i] + guess) & 0xFF
        rows.append(row)
        above = row
    return rows


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    a, b, c = abs(guess - left), abs(guess - above), abs(guess - corner)
    if a <= b and a <= c:
        return left
    return above if b <= c else corner


def _gray(row: bytearray, width: int, depth: int, colour: int, palette: bytes) -> bytes:
    if depth == 16:
        row = row[::2]
    elif depth < 8:
        top, per = (1 << depth) - 1, 8 // depth
        scale = 1 if colour == 3 else 255 // top
        shifts = [8 - depth * (i + 1) for i in range(per)]
        row = bytearray(((byte >> shift) & top) * scale for byte in row for shift in shifts)[:width]
    if colour == 0:
        return bytes(row)
    if colour == 3:
        table = [_luma(*palette[i : i + 3]) for i in range(0, len(palette), 3)]
        return bytes(table[index] for index in row)
    if colour == 4:
        return bytes(_on_white(row[i], row[i + 1]) for i in range(0, len(row), 2))
    if colour == 2:
        return bytes(_luma(*row[i : i + 3]) for i in range(0, len(row), 3))
    return bytes(_on_white(_luma(*row[i : i + 3]), row[i + 3]) for i in range(0, len(row), 4))


def _luma(red: int, green: int, blue: int) -> int:
    return (299 * red + 587 * green + 114 * blue) // 1000


def _on_white(value: int, alpha: int) -> int:
    return (value * alpha + 255 * (255 - alpha)) // 255
