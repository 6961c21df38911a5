"""Values as text that is safe to show: no control characters, amounts in yuan, moments in China's time.

Escaping for HTML and XML is not done here; that is left to what writes them.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any, Final
from unicodedata import east_asian_width

CHINA: Final = timezone(timedelta(hours=8))
_HEX: Final = re.compile(r"0x[0-9a-fA-F]{24,}")
_COUNTED: Final = {"session": "次", "month": "个月", "visit": "回"}

# Control characters but tab and line feed, half pairs, what is no character at all, and what is not seen but
# turns or hides its neighbours. The joiners stay: some scripts and emoji are not written without them.
_ASTRAL = "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    f"\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f{_ASTRAL}]"
)


def inert(text: str) -> str:
    """`text` with everything unseen written out: a right-to-left override becomes `⟨U+202E⟩`."""
    return _HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def yuan(fen: int) -> str:
    """`123456` fen as `¥1,234.56`."""
    sign = "−" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def change(fen: int) -> str:
    """The same with its sign always in front; `0` if nothing changed."""
    return f"+{yuan(fen)}" if fen > 0 else yuan(fen) if fen else "0"


def day(at: int) -> str:
    """Calendar day in China."""
    return datetime.fromtimestamp(at, CHINA).strftime("%Y-%m-%d")


def clock(at: int) -> str:
    """Time of day in China, seconds only where there are any."""
    moment = datetime.fromtimestamp(at, CHINA)
    return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")


def day_number(at: int) -> int:
    """Calendar days in China since 1970, to count days apart."""
    return (at + 8 * 3600) // 86_400


def value(raw: Any) -> str:
    """One value of an error, an event or a message, readable; amounts stay in fen, as contracts have them."""
    if isinstance(raw, bytes | bytearray):
        return "0x" + bytes(raw).hex()
    if isinstance(raw, dict):
        return "{" + ", ".join(f"{key}: {value(one)}" for key, one in raw.items()) + "}"
    if isinstance(raw, list | tuple):
        return "[" + ", ".join(value(one) for one in raw) + "]"
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    return "—" if raw is None else str(raw)


def brief(text: str) -> str:
    """`text` with long hexadecimal numbers cut in the middle; where they matter they stand in full."""
    return _HEX.sub(lambda found: f"{found[0][:8]}…{found[0][-4:]}", text)


def used(count: int, unit: str) -> tuple[str, str]:
    """What was used of a card, in its unit, in English and Chinese."""
    if unit in ("yuan", "fen"):
        return yuan(count), yuan(count)
    if unit == "milestone":
        whole = f"{count // 10_000}.{count % 10_000:04d}".rstrip("0").rstrip(".")
        return f"{whole} milestones", f"{whole} 步"
    word = _COUNTED.get(unit, unit)
    return f"{count} {unit}{'' if count == 1 else 's'}", f"{count} {word}"


def seconds(span: float) -> str:
    """`0.42 s`, `2 min 05 s`: how long something took here, which is nobody's money."""
    return f"{span:.2f} s" if span < 60 else f"{int(span) // 60} min {int(span) % 60:02d} s"


def units(text: str) -> int:
    """Width of `text` where a wide (Chinese) character counts two."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def fit(text: str, most: int) -> str:
    """`text` cut to `most` such units, with … where something is missing."""
    text = inert(" ".join(text.split()))
    if units(text) <= most:
        return text
    kept, room = "", most - 1
    for one in text:
        room -= units(one)
        if room < 0:
            break
        kept += one
    return kept + "…"
