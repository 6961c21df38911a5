"""YAML as a tree of text, lists and blocks in which everything knows its file and line.

Only the plain part of YAML is read: every scalar stays the text that was written, and what hides meaning
from someone reading aloud (anchors, aliases, merge keys, tags, two keys of one name) is refused. A scalar in
quotes and one without are the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from wallet.errors import InvalidInput

MOST_BYTES: Final = 200_000
_DEEPEST: Final = 40


class Place(NamedTuple):
    """Where something stands: the file as it was named, and its line from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Text(str):
    """A scalar as it was written."""

    place: Place

    def __new__(cls, text: str, place: Place) -> Text:
        self = super().__new__(cls, text)
        self.place = place
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Text, (str(self), self.place)


class Listing(list[Any]):
    """A list, at the line of its first item."""

    def __init__(self, items: list[Any], place: Place) -> None:
        super().__init__(items)
        self.place = place


class Block(dict[str, Any]):
    """Keys (each a `Text`, with its line) and what they hold."""

    def __init__(self, items: Mapping[Text, Any], place: Place) -> None:
        super().__init__(items.items())
        self.place = place

    def place_of_key(self, key: str) -> Place:
        """The line on which a key is written."""
        return next((one.place for one in self if one == key and isinstance(one, Text)), self.place)


def place_of(value: Any) -> Place | None:
    """Where this part of a file stands; None for what was made in Python."""
    return getattr(value, "place", None)


HINT: Final = "`prepaid scenario schema` describes what a scenario may say"


class WrongFile(InvalidInput):
    """Something in a file is not as it should be; `others` is what else was found with it."""

    code = "scenario-file"
    others: tuple[WrongFile, ...] = ()


def wrong_file(place: Place | str, reason: str, *, hint: str = HINT, key: str = "") -> WrongFile:
    """The one error of a file that is not as it should be, naming `file:line` and the key."""
    file, line = (place.file, place.line) if isinstance(place, Place) else (place, 0)
    shown = f"{file}:{line}" if line else file
    return WrongFile(
        f"{shown}: {key}: {reason}" if key else f"{shown}: {reason}",
        hint=hint,
        file=file,
        line=line,
        key=key,
        place=f"{shown}: {key}" if key else shown,
        reason=reason,
    )


def read_tree(path: Path, shown: str) -> Any:
    """The tree of one file, None if it is empty. Raises InvalidInput `scenario-file`."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise wrong_file(
            shown, f"cannot be read: {error.strerror or error}", hint="check the path"
        ) from error
    if len(raw) > MOST_BYTES:
        raise wrong_file(shown, "is larger than any scenario", hint=f"keep it below {MOST_BYTES} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise wrong_file(Place(shown, line), "is not UTF-8 text", hint="save the file as UTF-8") from error
    return parse_tree(text, shown)


def parse_tree(text: str, shown: str) -> Any:
    """The same from text in hand."""
    _refuse_tabs(text, shown)
    try:
        node = _Loader(text, shown).get_single_node()
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, shown) from error
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise wrong_file(
            Place(shown, line), f"holds character U+{error.character:04X}, not allowed in text"
        ) from error
    return None if node is None else _tree(node, shown)


def _refuse_tabs(text: str, shown: str) -> None:
    for number, line in enumerate(text.splitlines(), 1):
        if "\t" in line[: len(line) - len(line.lstrip())]:
            raise wrong_file(Place(shown, number), "is indented with a tab", hint="indent with spaces")


class _Loader(yaml.SafeLoader):  # type: ignore[misc] # no type information published
    """Makes nodes of text, and refuses on its way what hides meaning."""

    def __init__(self, text: str, shown: str) -> None:
        super().__init__(text)
        self._shown, self._depth = shown, 0

    def get_event(self) -> Any:
        event = super().get_event()
        place = Place(self._shown, event.start_mark.line + 1)
        self._depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(
            event, yaml.CollectionEndEvent
        )
        # Before the scanner goes on: its time grows with the square of the depth.
        if self._depth > _DEEPEST:
            raise wrong_file(place, "is nested deeper than anybody can read")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise wrong_file(place, "anchors and aliases (& and *) are not used here", hint="use a variable")
        if getattr(event, "tag", None) is not None:
            raise wrong_file(
                place, "tags (!) are not used here", hint="a value is read by what its key wants"
            )
        return event


def _syntax(error: Any, shown: str) -> WrongFile:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark is not None else 1
    return wrong_file(
        Place(shown, line),
        f"this is not YAML: {error.problem or error.context}",
        hint="what has `: ` or ` #` in it or begins with { [ * & ! % @ needs quotes, so does ${name} in { }",
    )


def _text(value: str, place: Place) -> Text:
    """What escapes in quotes can smuggle in and no output can show is refused."""
    if hidden := re.search("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff]", value):
        raise wrong_file(place, f"holds character U+{ord(hidden[0]):04X}, which no text has")
    return Text(value, place)


def _tree(node: Any, shown: str) -> Any:
    place = Place(shown, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        return _text(node.value, place)
    if isinstance(node, yaml.SequenceNode):
        return Listing([_tree(one, shown) for one in node.value], place)
    items: dict[Text, Any] = {}
    for key, value in node.value:
        where = Place(shown, key.start_mark.line + 1)
        if not isinstance(key, yaml.ScalarNode):
            raise wrong_file(where, "a key is one word, not a list or a block")
        if key.value == "<<":
            raise wrong_file(where, "merge keys (<<) are not used here", hint="use `include:`")
        if key.value in items:
            first = next(one.place.line for one in items if one == key.value)
            raise wrong_file(where, f"{key.value!r} stands here a second time", hint=f"first on line {first}")
        items[_text(key.value, where)] = _tree(value, shown)
    return Block(items, place)
