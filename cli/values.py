"""Words a person types, as values: spans of time and names of files. Amounts are read by `wallet.money`."""

from __future__ import annotations

import re
from pathlib import Path

from wallet.errors import InvalidInput

_SPAN = re.compile(r"([0-9]{1,9})([smhdw]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
LONGEST = 40 * 366 * 86_400


def parse_span(text: str, *, where: str) -> int:
    """Seconds in `3d`, `12h`, `90m`, `45s`, `2w` or plain seconds. Raises InvalidInput `invalid-span`."""
    match = _SPAN.fullmatch(text.strip())
    seconds = int(match[1]) * _SECONDS[match[2]] if match is not None else 0
    if not 0 < seconds <= LONGEST:
        raise InvalidInput(
            f"{where}: {text!r} is not a span of time",
            hint="write a number above zero with s, m, h, d or w, at most 40 years, for example 3d or 90m",
            code="invalid-span",
            where=where,
            value=text,
        )
    return seconds


def format_time(moment: int) -> str:
    """Unix seconds as `2026-11-22 18:05` in China's time, in which the contracts count days."""
    if not moment:
        return "—"
    from datetime import UTC, datetime, timedelta

    return (datetime.fromtimestamp(moment, UTC) + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")


def free_path(path: Path) -> Path:
    """`path`, or the first of `path-2`, `path-3` … that does not exist."""
    number, candidate = 1, path
    while candidate.exists():
        number += 1
        candidate = path.with_stem(f"{path.stem}-{number}")
    return candidate
