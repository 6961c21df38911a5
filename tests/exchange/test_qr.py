"""QR codes drawn in a terminal or as PNG are read back by an independent reader."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exchange.strategies import documents
from tests.exchange.test_documents import charge
from wallet.errors import EnvironmentFault, InvalidInput
from wallet.exchange import Authorisation, Document
from wallet.exchange.png import Gray, read_png
from wallet.exchange.qr import MAX_VERSION, from_picture, read_qr, to_terminal, write_png

SCALE = 4


def photograph(lines: list[str]) -> Gray:
    """What a camera sees of half blocks on a dark terminal."""
    upper = {"█": 255, "▀": 255, "▄": 0, " ": 0}
    lower = {"█": 255, "▀": 0, "▄": 255, " ": 0}
    width = max(map(len, lines))
    rows = []
    for line in lines:
        for table in (upper, lower):
            row = b"".join(bytes([table[c]]) * SCALE for c in line.ljust(width))
            rows += [row] * SCALE
    return Gray(width * SCALE, len(rows), b"".join(rows))


@settings(max_examples=25)
@given(documents(fits_qr=True))
def test_the_terminal_drawing_can_be_read(document: Document) -> None:
    """Photographed from a dark or a light terminal, within 80 columns."""
    lines = to_terminal(document).splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 36
    dark = photograph(lines)
    assert from_picture(dark) == document
    light = Gray(dark.width, dark.height, bytes(255 - pixel for pixel in dark.pixels))
    assert from_picture(light) == document


@settings(max_examples=25)
@given(documents(fits_qr=True), st.integers(2, 8))
def test_the_png_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, document: Document, scale: int
) -> None:
    """Written and read through a file."""
    path = tmp_path_factory.mktemp("qr") / "code.png"
    write_png(path, document, scale=scale)
    assert read_qr(path) == document


def test_the_story_needs_a_small_code() -> None:
    """The charge of the story is at most version 10: 57 modules."""
    lines = to_terminal(charge()).splitlines()
    assert len(lines[0]) <= 57 + 4


def test_a_signature_too_long_for_a_terminal_is_said() -> None:
    """A contract owner's long signature travels as a file instead."""
    made = Authorisation(
        31337, charge().sub_wallet, charge().merchant, bytes(32), 1, 1, 1, bytes(32), 1, 0, bytes(400)
    )
    with pytest.raises(InvalidInput, match="terminal"):
        to_terminal(made)
    assert MAX_VERSION == 12


def test_other_pictures_are_refused(tmp_path: Path) -> None:
    """No code, somebody else's code, two codes, no PNG, no file."""
    path = tmp_path / "picture.png"
    segno.make_qr("https://example.com/pay").save(str(path), scale=4)
    with pytest.raises(InvalidInput, match="no charge"):
        read_qr(path)
    path.write_bytes(png(40, 40, 8, 0, bytes(40 * 40)))
    with pytest.raises(InvalidInput, match="no QR code"):
        read_qr(path)
    for content in (b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", path.read_bytes()[:-30]):
        path.write_bytes(content)
        with pytest.raises(InvalidInput, match="picture"):
            read_qr(path)
    with pytest.raises(EnvironmentFault):
        read_qr(tmp_path / "nothing.png")
    with pytest.raises(EnvironmentFault):
        write_png(path / "below a file", charge())


def chunk(name: bytes, content: bytes) -> bytes:
    """One PNG chunk."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(
    width: int, height: int, depth: int, colour: int, rows: bytes, *, extra: bytes = b"", filters: bytes = b""
) -> bytes:
    """A PNG of unfiltered rows, or of rows filtered already with these filters."""
    stride = len(rows) // height
    kinds = filters or bytes(height)
    body = b"".join(kinds[y : y + 1] + rows[y * stride : (y + 1) * stride] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = chunk(b"IHDR", header), extra, chunk(b"IDAT", zlib.compress(body)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@given(st.integers(1, 9), st.integers(1, 9), st.data())
def test_grey_pictures_of_any_depth(width: int, height: int, data: st.DataObject) -> None:
    """1, 2, 4, 8 and 16 bits a pixel mean the same shades."""
    shades = data.draw(st.lists(st.sampled_from([0, 255]), min_size=width * height, max_size=width * height))
    for depth in (1, 2, 4, 8, 16):
        rows = b""
        for y in range(height):
            bits = "".join(("1" if v else "0") * depth for v in shades[y * width : (y + 1) * width])
            bits += "0" * (-len(bits) % 8)
            rows += bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
        assert read_png(png(width, height, depth, 0, rows)) == Gray(width, height, bytes(shades))


def test_colours_palettes_and_transparency() -> None:
    """All colour types become grey on white paper."""
    white_black = bytes([255, 0])
    palette = chunk(b"PLTE", bytes([0, 0, 0, 255, 255, 255]))
    cases = [
        png(2, 1, 8, 2, bytes([255, 255, 255, 0, 0, 0])),
        png(2, 1, 8, 3, bytes([1, 0]), extra=palette),
        png(2, 1, 1, 3, bytes([0b10000000]), extra=palette),
        png(2, 1, 8, 4, bytes([0, 0, 0, 255])),
        png(2, 1, 8, 6, bytes([9, 9, 9, 0, 0, 0, 0, 255])),
        png(2, 1, 16, 2, bytes([255] * 6 + [0] * 6)),
    ]
    for data in cases:
        assert read_png(data).pixels == white_black


@given(st.integers(1, 4), st.integers(1, 6), st.data())
def test_all_row_filters(width: int, height: int, data: st.DataObject) -> None:
    """Sub, up, average and Paeth are undone; the filters are applied here by the PNG specification."""
    step = 3
    stride = width * step
    raw = data.draw(st.binary(min_size=stride * height, max_size=stride * height))
    kinds = data.draw(st.lists(st.integers(0, 4), min_size=height, max_size=height))
    filtered = bytearray()
    for y, kind in enumerate(kinds):
        for i in range(stride):
            here = raw[y * stride + i]
            left = raw[y * stride + i - step] if i >= step else 0
            up = raw[(y - 1) * stride + i] if y else 0
            corner = raw[(y - 1) * stride + i - step] if y and i >= step else 0
            nearest = min((left, up, corner), key=lambda c: abs(left + up - corner - c))
            filtered.append((here - (0, left, up, (left + up) // 2, nearest)[kind]) % 256)
    plain = read_png(png(width, height, 8, 2, raw))
    assert read_png(png(width, height, 8, 2, bytes(filtered), filters=bytes(kinds))) == plain
