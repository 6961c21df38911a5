"""The contracts' syntax trees as the product's own compiler gives them, with parents, places and reach.

Knows Solidity's node types and nothing of money: `money.py` says what moves or counts it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from wallet.compiler.sources import OWN_PREFIX, SourceSet, collect, package_sources

Node = dict[str, Any]


@dataclass(slots=True)
class Place:
    """A node's bytes in its file."""

    file: str
    start: int
    end: int


@dataclass
class Forest:
    """All trees of one compilation by file name; `texts` are the files' bytes, since places count bytes."""

    trees: Mapping[str, Node]
    texts: Mapping[str, bytes]
    files: list[str] = field(init=False)
    by_id: dict[int, Node] = field(init=False, default_factory=dict)
    parent: dict[int, Node] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for tree in self.trees.values():
            for node in walk(tree):
                self.by_id[node["id"]] = node
                for child in children(node):
                    self.parent[child["id"]] = node
        places = {int(tree["src"].split(":")[2]): name for name, tree in self.trees.items()}
        self.files = [places[index] for index in sorted(places)]

    def place(self, node: Node) -> Place:
        """Where a node stands."""
        start, length, index = map(int, node["src"].split(":"))
        return Place(self.files[index], start, start + length)

    def text(self, node: Node) -> str:
        """A node as it is written."""
        place = self.place(node)
        return self.texts[place.file][place.start : place.end].decode()

    def line(self, node: Node) -> int:
        """The line, from 1, on which a node begins."""
        place = self.place(node)
        return self.texts[place.file].count(b"\n", 0, place.start) + 1

    def above(self, node: Node, *kinds: str) -> Node | None:
        """The nearest node of one of these kinds around a node."""
        while (found := self.parent.get(node["id"])) is not None:
            if found["nodeType"] in kinds:
                return found
            node = found
        return None

    def is_own(self, node: Node) -> bool:
        """Whether a node stands in `contracts/`."""
        return self.place(node).file.startswith(OWN_PREFIX)

    @cached_property
    def contracts(self) -> dict[str, Node]:
        """The contracts under `contracts/` that can be created, mocks not included, by name."""
        return {
            node["name"]: node
            for name, tree in self.trees.items()
            if name.startswith(OWN_PREFIX) and "/mocks/" not in name
            for node in tree["nodes"]
            if node["nodeType"] == "ContractDefinition"
            and node["contractKind"] == "contract"
            and not node["abstract"]
        }

    def file_of(self, contract: str) -> str:
        """The file in which a contract stands."""
        return self.place(self.contracts[contract]).file

    @cached_property
    def reach(self) -> dict[str, set[int]]:
        """By contract, the functions and modifiers that its code may come from."""
        return {name: self._reached(node) for name, node in self.contracts.items()}

    def bases(self, contract: str) -> list[int]:
        """Ids of a contract and those it inherits from, itself first."""
        return list(self.contracts[contract]["linearizedBaseContracts"])

    def _reached(self, contract: Node) -> set[int]:
        waiting = [self.by_id[each] for each in contract["linearizedBaseContracts"]]
        seen: set[int] = set()
        while waiting:
            for node in walk(waiting.pop()):
                if node["nodeType"] in ("FunctionDefinition", "ModifierDefinition"):
                    seen.add(node["id"])
                for target in references(node):
                    found = self.by_id.get(target)
                    if found is None or target in seen:
                        continue
                    if found["nodeType"] in ("FunctionDefinition", "VariableDeclaration"):
                        seen.add(target)
                        waiting.append(found)
                if node["nodeType"] == "NewExpression":
                    made = node["typeName"].get("referencedDeclaration")
                    if made in self.by_id and made not in seen:
                        seen.add(made)
                        found = self.by_id[made]
                        waiting.extend(self.by_id[base] for base in found.get("linearizedBaseContracts", ()))
        return seen


def references(node: Node) -> Iterator[int]:
    """Ids of the declarations that a node names, those named in assembly included."""
    if isinstance(target := node.get("referencedDeclaration"), int):
        yield target
    for each in node.get("externalReferences", ()):
        yield each["declaration"]


def children(node: Node) -> Iterator[Node]:
    """The nodes right below one; assembly is not looked into."""
    if node["nodeType"] == "InlineAssembly":
        return
    for value in node.values():
        if isinstance(value, dict) and "nodeType" in value:
            yield value
        elif isinstance(value, list):
            for each in value:
                if isinstance(each, dict) and "nodeType" in each:
                    yield each


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, in the order of the text."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(list(children(node))))


def sources() -> SourceSet:
    """`contracts/` as it is now, with what it imports."""
    return collect(package_sources(), prefix=OWN_PREFIX)
