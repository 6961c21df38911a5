"""Which line of a TOML file says a thing: the standard reader forgets, and an error should name it.

Reads just enough of the format: table headings, keys, and where a value of several lines ends. The file was
read by the real reader before, so it is well-formed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEADING = re.compile(r"\s*(\[\[?)([^\]]+)\]")
_KEY = re.compile(
    r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|' r"'[^']*'|#.*")

Place = tuple[str | int, ...]


def line_of(text: str, place: Sequence[str | int]) -> int:
    """The line (from 1) of `place`, or of the nearest thing above it that has a line; 1 if nothing has."""
    index = _index(text)
    for end in range(len(place), 0, -1):
        line = index.get(tuple(place[:end]))
        if line is not None:
            return line
    return 1


def _index(text: str) -> dict[Place, int]:
    found: dict[Place, int] = {}
    table: Place = ()
    counts: dict[Place, int] = {}
    closing, depth = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        rest = line
        if closing:
            if closing not in rest:
                continue
            rest, closing = rest.split(closing, 1)[1], ""
        elif not depth:
            heading, key = _HEADING.match(line), _KEY.match(line)
            if heading is not None:
                table = _open(_words(heading[2]), counts, many=heading[1] == "[[")
                for end in range(1, len(table) + 1):
                    found.setdefault(table[:end], number)
                continue
            if key is not None:
                names = (*table, *_words(key[1]))
                for end in range(len(table) + 1, len(names) + 1):
                    found.setdefault(names[:end], number)
                rest = line[key.end() :]
        closing, depth = _unfinished(rest, depth)
    return found


def _open(words: Place, counts: dict[Place, int], *, many: bool) -> Place:
    """The place of a heading, with the number of each table in an array of tables."""
    place: Place = ()
    for at, word in enumerate(words):
        place = (*place, word)
        if many and at == len(words) - 1:
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place


def _words(key: str) -> Place:
    return tuple(word.strip().strip("\"'") for word in key.split("."))


def _unfinished(rest: str, depth: int) -> tuple[str, int]:
    """What still has to close after this line: a long text's quotes, or a number of brackets."""
    for quotes in ('"""', "'''"):
        before, found, after = rest.partition(quotes)
        if found:
            if quotes not in after:
                return quotes, depth
            rest = before + after.split(quotes, 1)[1]
    bare = _TEXT.sub("", rest)
    return "", max(0, depth + sum(map(bare.count, "[{")) - sum(map(bare.count, "]}")))
