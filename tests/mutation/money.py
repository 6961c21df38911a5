"""Which variables hold money, found by following it through the syntax trees; no list of names or lines.

It begins where a token moves or tells a balance: what is handed over there is money. From there it follows
the same unit in both directions: copies, sums and differences, the smaller or larger of two, what money is
compared with, arguments and parameters, results and returns. A factor that money is multiplied with or
divided by is no money itself. Context is ignored, so rather too much is found than too little.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from tests.mutation.tree import Forest, Node, walk

MOVES = frozenset(
    {
        *("safeTransfer", "safeTransferFrom", "forceApprove", "permit", "receiveWithAuthorization"),
        *("_mint", "_burn", "_transferWithAuthorization", "payIn", "payShortfall"),
    }
)
"""Calls that move money or allow it to be moved, by name."""
AMOUNT = frozenset({"value", "amount"})
"""What the amount is called in the signatures of those functions."""
SAME_UNIT = frozenset({"+", "-", "%"})
COMPARES = frozenset({"<", "<=", ">", ">=", "==", "!="})


@dataclass(frozen=True, slots=True)
class Money:
    """Ids of the variables that hold money and the functions that answer it, of those functions that count
    it in pure arithmetic, and the value types that money is packed into."""

    variables: frozenset[int]
    counting: frozenset[int]
    words: frozenset[str]

    def mentions(self, node: Node) -> bool:
        """Whether a node names a variable that holds money, or a function that answers it."""
        return any(self.is_money(each) for each in walk(node))

    def is_money(self, node: Node) -> bool:
        """Whether this one node stands for money."""
        return node.get("referencedDeclaration") in self.variables


def follow(forest: Forest) -> Money:
    """The money of all contracts."""
    links: dict[int, set[int]] = defaultdict(set)
    seeds: set[int] = set()
    reader = _Reader(forest)
    for tree in forest.trees.values():
        for node in walk(tree):
            for group in reader.same(node):
                ids = sorted(group)
                for one, other in pairwise(ids):
                    links[one].add(other)
                    links[other].add(one)
            seeds |= reader.begins(node)
    money = _closure(seeds, links)
    functions = {
        node["id"]: node for node in forest.by_id.values() if node["nodeType"] == "FunctionDefinition"
    }
    # A function that answers money is named where its answer is used.
    answering = {
        name
        for name, node in functions.items()
        if any(each["id"] in money for each in node["returnParameters"]["parameters"])
    }
    counting = _closure(
        {name for name in answering if _is_own_pure(forest, functions[name])},
        {
            name: {other for other in _calls(node) if _is_own_pure(forest, functions.get(other))}
            for name, node in functions.items()
        },
    )
    words = {
        node["returnParameters"]["parameters"][0]["typeDescriptions"]["typeString"]
        for node in functions.values()
        if node["returnParameters"]["parameters"]
        and any(each["id"] in money for each in node["parameters"]["parameters"])
        and node["returnParameters"]["parameters"][0]["typeName"]["nodeType"] == "UserDefinedTypeName"
        and _is_value_type(forest, node["returnParameters"]["parameters"][0])
    }
    return Money(frozenset(money | answering), frozenset(counting), frozenset(words))


class _Reader:
    """Reads from one node which variables are in one unit."""

    def __init__(self, forest: Forest) -> None:
        self.forest = forest

    def same(self, node: Node) -> Iterator[set[int]]:
        """Sets of variables that hold the same unit if any of them holds money."""
        kind = node["nodeType"]
        if kind == "Assignment":
            yield from self._pairs(node["leftHandSide"], node["rightHandSide"])
        elif kind == "VariableDeclarationStatement" and node.get("initialValue"):
            declared = [each and {each["id"]} if _is_number(each) else set() for each in node["declarations"]]
            value = node["initialValue"]
            parts = self._parts(value, len(declared))
            for one, other in zip(declared, parts, strict=False):
                yield one | other
        elif kind == "Return" and node.get("expression"):
            function = self.forest.by_id.get(node["functionReturnParameters"])
            results = [each["id"] for each in (function or {}).get("parameters", ())]
            for result, part in zip(results, self._parts(node["expression"], len(results)), strict=False):
                yield {result} | part if _is_number(self.forest.by_id[result]) else set()
        elif kind == "FunctionCall":
            for parameter, argument in self._arguments(node):
                if _is_number(parameter):
                    yield {parameter["id"]} | self.units(argument)
        elif kind == "BinaryOperation" and node["operator"] in COMPARES | SAME_UNIT:
            yield self.units(node["leftExpression"]) | self.units(node["rightExpression"])

    def begins(self, node: Node) -> set[int]:
        """The variables that are money because a token says so here."""
        if node["nodeType"] != "FunctionCall":
            return set()
        name = called(node)
        if name in MOVES:
            return {
                each
                for parameter, argument in self._arguments(node)
                if parameter["name"] in AMOUNT
                for each in self.units(argument)
            }
        return set()

    def units(self, node: Node) -> set[int]:
        """The variables whose unit an expression has."""
        kind = node["nodeType"]
        if kind in ("Identifier", "MemberAccess"):
            found = self.forest.by_id.get(node.get("referencedDeclaration", -1))
            return {found["id"]} if found and _is_number(found) else set()
        if kind == "IndexAccess":
            return self.units(node["baseExpression"])
        if kind == "BinaryOperation":
            left, right = node["leftExpression"], node["rightExpression"]
            if node["operator"] in SAME_UNIT:
                return self.units(left) | self.units(right)
            # A product or share of money is money; the other factor is none.
            return self.units(left) if node["operator"] == "/" else set()
        if kind == "Conditional":
            return self.units(node["trueExpression"]) | self.units(node["falseExpression"])
        if kind == "TupleExpression":
            return set().union(*(self.units(each) for each in node["components"] if each))
        if kind == "Assignment":
            return self.units(node["leftHandSide"])
        if kind == "FunctionCall":
            return self._answer(node)
        return set()

    def _answer(self, node: Node) -> set[int]:
        if node["kind"] == "typeConversion":
            return self.units(node["arguments"][0])
        function = self._function(node)
        if function is None:
            return set()
        if not self.forest.is_own(function):  # min, max, casts: what goes in comes out
            bound = node["expression"].get("expression")
            given = [*node["arguments"], *([bound] if bound and function["visibility"] == "internal" else ())]
            return set().union(*(self.units(each) for each in given))
        results = function["returnParameters"]["parameters"]
        return {results[0]["id"]} if len(results) == 1 and _is_number(results[0]) else set()

    def _function(self, node: Node) -> Node | None:
        callee = node["expression"]
        if callee["nodeType"] == "FunctionCallOptions":
            callee = callee["expression"]
        found = self.forest.by_id.get(callee.get("referencedDeclaration", -1))
        return found if found and found["nodeType"] == "FunctionDefinition" else None

    def _arguments(self, node: Node) -> Iterator[tuple[Node, Node]]:
        """(parameter or struct member, argument) of a call."""
        callee, given = node["expression"], list(node["arguments"])
        if node["kind"] == "structConstructorCall":
            struct = self.forest.by_id[callee["referencedDeclaration"]]
            yield from zip(struct["members"], given, strict=False)
            return
        function = self._function(node)
        if function is None:
            return
        parameters = function["parameters"]["parameters"]
        if len(parameters) == len(given) + 1 and "expression" in callee:  # bound by `using for`
            given = [callee["expression"], *given]
        yield from zip(parameters, given, strict=False)

    def _pairs(self, left: Node, right: Node) -> Iterator[set[int]]:
        if left["nodeType"] != "TupleExpression":
            yield self.units(left) | self.units(right)
            return
        parts = self._parts(right, len(left["components"]))
        for one, other in zip(left["components"], parts, strict=False):
            yield (self.units(one) if one else set()) | other

    def _parts(self, node: Node, count: int) -> list[set[int]]:
        """The units of each of several values that an expression answers."""
        if count == 1:
            return [self.units(node)]
        if node["nodeType"] == "TupleExpression":
            return [self.units(each) if each else set() for each in node["components"]]
        if node["nodeType"] == "FunctionCall" and (function := self._function(node)) is not None:
            results = function["returnParameters"]["parameters"]
            return [{each["id"]} if _is_number(each) else set() for each in results]
        return []


def called(node: Node) -> str:
    """The name of the function that a call names, "" if it names none."""
    callee = node["expression"]
    if callee["nodeType"] == "FunctionCallOptions":
        callee = callee["expression"]
    return str(callee.get("memberName") or callee.get("name") or "")


def _is_number(node: Node | None) -> bool:
    if not node or node["nodeType"] != "VariableDeclaration" or node.get("constant"):
        return False
    kind = str(node["typeDescriptions"]["typeString"]).split("=>")[-1].strip()  # of a mapping, its values
    return kind.startswith(("uint", "int"))


def _is_value_type(forest: Forest, node: Node) -> bool:
    found = forest.by_id.get(node["typeName"]["referencedDeclaration"], {})
    return found.get("nodeType") == "UserDefinedValueTypeDefinition"


def _is_own_pure(forest: Forest, node: Node | None) -> bool:
    return node is not None and node["stateMutability"] == "pure" and forest.is_own(node)


def _calls(node: Node) -> set[int]:
    return {
        each["expression"]["referencedDeclaration"]
        for each in walk(node)
        if each["nodeType"] == "FunctionCall"
        and isinstance(each["expression"].get("referencedDeclaration"), int)
    }


def _closure(first: Iterable[int], links: dict[int, set[int]]) -> set[int]:
    seen, waiting = set(first), list(first)
    while waiting:
        for each in links.get(waiting.pop(), ()):
            if each not in seen:
                seen.add(each)
                waiting.append(each)
    return seen
