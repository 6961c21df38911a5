"""Variables: `$name` and `${name}` in any text of a file, and nothing more. `$$` is a dollar sign."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from wallet.scenario.yaml_lines import Block, Listing, Place, Text, wrong_file

_LONGEST = 20_000
_USE = re.compile(r"\$(?:(\$)|\{([^{}$]*)\}|([A-Za-z_][A-Za-z0-9_]*)|)")


@dataclass(slots=True)
class Scope:
    """The variables of one file, and which of them were used."""

    values: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def define(self, definitions: Mapping[str, Any]) -> None:
        """Add variables in order; each may use those before it."""
        for name, node in definitions.items():
            if not isinstance(node, str):
                where = getattr(node, "place", None) or Place("", 0)
                raise wrong_file(where, "a variable is one text, not a list or a block", key=str(name))
            self.values[str(name)] = str(self.fill(node))

    def fill(self, node: Any) -> Any:
        """The same part of a file with its variables filled in, keys included; places stay."""
        if isinstance(node, Text):
            text = _USE.sub(lambda match: self._value(match, node), node)
            if len(text) > _LONGEST:
                raise wrong_file(
                    node.place, f"is longer than {_LONGEST} letters with its variables filled in"
                )
            return Text(text, node.place)
        if isinstance(node, Listing):
            return Listing([self.fill(one) for one in node], node.place)
        if isinstance(node, Block):
            filled: dict[Text, Any] = {}
            for key, held in node.items():
                name = self.fill(key)
                if name in filled:
                    raise wrong_file(name.place, f"{str(name)!r} stands here a second time, by a variable")
                filled[name] = self.fill(held)
            return Block(filled, node.place)
        return node

    def _value(self, match: re.Match[str], text: Text) -> str:
        dollar, braced, bare = match.groups()
        if dollar:
            return "$"
        name = braced if bare is None else bare
        if name in self.values:
            self.used.add(name)
            return self.values[name]
        if name is None:
            raise wrong_file(
                text.place, f"{str(text)!r}: `$` begins a variable", hint="write $$ for the sign itself"
            )
        near = get_close_matches(name, self.values, n=2) or [
            one for one in self.values if one.startswith(name)
        ]
        known = ", ".join(self.values) or "none"
        hint = f"did you mean ${{{near[0]}}}?" if near else f"variables here: {known}"
        raise wrong_file(text.place, f"no variable is called {name!r}", hint=hint)
