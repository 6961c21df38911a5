"""The ways to break one line: each a small change of its text, of a kind that people make.

Which of a line's breaks counts for the headline is drawn from a seed and the line's name, first the kind and
then one of that kind, so that no kind crowds out the others and a line keeps its break when others change.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from tests.mutation.lines import Line
from tests.mutation.money import COMPARES, MOVES, Money, called
from tests.mutation.tree import Forest, Node, walk

SWAPPED = {
    "+": "-",
    "-": "+",
    "*": "/",
    "%": "/",
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "==": "!=",
    "!=": "==",
    "&&": "||",
    "||": "&&",
    "<<": ">>",
    ">>": "<<",
    "&": "|",
    "|": "&",
    "+=": "-=",
    "-=": "+=",
    ">>=": "<<=",
    "max": "min",
    "min": "max",
}
"""Operators and functions, and what stands in for each."""
NUMBER = re.compile(r"u?int\d*\b")
ASSIGNED_IN_ASSEMBLY = re.compile(r"\b(\w+) := ([^\n}]+?)(?=\s*[}\n])")


@dataclass(frozen=True, slots=True)
class Break:
    """One change of a line: bytes `start` to `end` of its file become `new`. `name` is the line's with the
    kind and a number."""

    line: Line
    kind: str
    start: int
    end: int
    new: str
    name: str = ""

    def applied(self, text: bytes) -> bytes:
        """The file with this change made."""
        return text[: self.start] + self.new.encode() + text[self.end :]

    def shown(self, text: bytes) -> str:
        """The changed piece, before and after, on one line each."""
        start = text.rfind(b"\n", 0, self.start) + 1
        end = text.find(b"\n", self.end)
        before = " ".join(text[start:end].decode().split())
        after = " ".join(
            (text[start : self.start] + self.new.encode() + text[self.end : end]).decode().split()
        )
        return f"- {before}\n+ {after}"


def breaks(forest: Forest, money: Money, line: Line) -> tuple[Break, ...]:
    """Every break of a line, no two alike."""
    maker = _Maker(forest, money, line)
    found: dict[tuple[int, int, str], Break] = {}
    for each in maker.all():
        found.setdefault((each.start, each.end, each.new), each)
    numbers: dict[str, int] = {}
    named = []
    for each in found.values():
        numbers[each.kind] = numbers.get(each.kind, 0) + 1
        named.append(replace(each, name=f"{line.name}:{each.kind}.{numbers[each.kind]}"))
    return tuple(named)


def drawn(all_of_line: tuple[Break, ...], seed: int) -> list[Break]:
    """A line's breaks, the one that counts first; the next ones stand in where it changes nothing."""

    def weight(name: str) -> str:
        return hashlib.sha256(f"{seed} {name}".encode()).hexdigest()

    queues = {
        kind: sorted((each for each in all_of_line if each.kind == kind), key=lambda each: weight(each.name))
        for kind in {each.kind for each in all_of_line}
    }
    order: list[Break] = []
    while queues:
        for kind in sorted(queues, key=lambda kind: weight(f"{all_of_line[0].line.name} {kind}")):
            order.append(queues[kind].pop(0))
        queues = {kind: queue for kind, queue in queues.items() if queue}
    return order


class _Maker:
    """Makes the breaks of one line."""

    def __init__(self, forest: Forest, money: Money, line: Line) -> None:
        self.forest, self.money, self.line = forest, money, line
        self.counting = line.inside in money.counting

    def all(self) -> Iterator[Break]:
        """Breaks of the whole statement, then of each node in its parts."""
        statement = self.line.statement
        kind = statement["nodeType"]
        if kind == "ExpressionStatement":
            yield self._leave_out(statement)
        elif kind == "InlineAssembly":
            yield from self._assembly(statement)
        elif kind == "IfStatement":
            for answer in ("false",) if self._refuses(statement) else ("false", "true"):
                yield self._change("guard", statement["condition"], answer)
        elif kind == "VariableDeclarationStatement" and _is_tuple(statement["initialValue"]):
            yield from self._forgotten(statement)
        elif kind == "Return" and _is_tuple(statement["expression"]):
            yield self._leave_out(statement)
        for part in self.line.parts:
            if kind in ("VariableDeclarationStatement", "Return"):
                yield from self._value(part)
            for node in walk(part):
                yield from self._of(node)

    def _value(self, part: Node) -> Iterator[Break]:
        """Another value than the one that is set or answered."""
        text = self.forest.text(part)
        if text in ("true", "false"):
            yield self._change("branch", part, "false" if text == "true" else "true")
        elif text == "0":
            yield self._change("one off", part, "1")
        elif _is_number(part):
            yield self._change("zero", part, "0")

    def _of(self, node: Node) -> Iterator[Break]:
        kind = node["nodeType"]
        if kind == "BinaryOperation":
            yield from self._operator(node)
        elif kind == "Assignment" and node["operator"] in SWAPPED:
            yield self._between("arithmetic", node["leftHandSide"], node["rightHandSide"], node["operator"])
        elif kind == "UnaryOperation" and node["operator"] == "!":
            yield self._change("logic", node, self.forest.text(node["subExpression"]))
        elif kind == "Conditional":
            yes, no = (self.forest.text(node[key]) for key in ("trueExpression", "falseExpression"))
            condition = self.forest.text(node["condition"])
            yield self._change("branch", node, f"({condition} ? {no} : {yes})")
        elif kind == "FunctionCall":
            yield from self._call(node)
        if self._is_operand(node):
            text = self.forest.text(node)
            yield self._change("zero", node, "0")
            yield self._change("one off", node, f"({text} + 1)")
            yield self._change("one off", node, f"({text} - 1)")

    def _operator(self, node: Node) -> Iterator[Break]:
        left, right, operator = node["leftExpression"], node["rightExpression"], node["operator"]
        if operator == "/":
            numerator, divisor = self.forest.text(left), self.forest.text(right)
            yield self._change("rounding", node, f"(({numerator} + {divisor} - 1) / {divisor})")
        elif operator in SWAPPED:
            kind = (
                "comparison"
                if operator in COMPARES
                else "logic"
                if operator in ("&&", "||")
                else "arithmetic"
            )
            yield self._between(kind, left, right, operator)

    def _call(self, node: Node) -> Iterator[Break]:
        name, callee = called(node), node["expression"]
        if name in ("min", "max"):
            place = self.forest.place(callee)
            yield Break(self.line, "min and max", place.end - len(name), place.end, SWAPPED[name])
        if name in MOVES:
            for argument in node["arguments"]:
                text = self.forest.text(argument)
                if argument["typeDescriptions"]["typeString"] == "address" and text != "msg.sender":
                    yield self._change("receiver", argument, "msg.sender")

    def _is_operand(self, node: Node) -> bool:
        """Whether a node is an amount that is read here."""
        if node["nodeType"] not in ("Identifier", "MemberAccess", "IndexAccess", "FunctionCall"):
            return False
        if not _is_number(node) or node.get("isLValueRequested") or node.get("lValueRequested"):
            return False
        parent = self.forest.parent[node["id"]]
        if parent["nodeType"] == "ExpressionStatement":  # an answer that nobody asked for
            return False
        if parent["nodeType"] == "UnaryOperation" and parent["operator"] in ("++", "--", "delete"):
            return False
        if node["nodeType"] == "FunctionCall":
            return node["kind"] == "functionCall" and (
                self.counting or self.money.is_money(node["expression"])
            )
        if node["nodeType"] == "IndexAccess":
            return self.counting or self.money.mentions(node["baseExpression"])
        return self.counting or self.money.is_money(node)

    def _forgotten(self, statement: Node) -> Iterator[Break]:
        """Several answers taken at once, and one of them forgotten."""
        end = self._end(statement)
        for declared in statement["declarations"]:
            if declared and declared["id"] in self.money.variables:
                yield Break(self.line, "zero", end, end, f" {declared['name']} = 0;")

    def _assembly(self, statement: Node) -> Iterator[Break]:
        """Nothing written to one variable of money."""
        place, text = self.forest.place(statement), self.forest.text(statement)
        names = {
            self.forest.by_id[each["declaration"]]["name"]
            for each in statement["externalReferences"]
            if each["declaration"] in self.money.variables
        }
        for match in ASSIGNED_IN_ASSEMBLY.finditer(text):
            if match[1] in names:
                begin = place.start + len(text[: match.start(2)].encode())
                yield Break(self.line, "zero", begin, begin + len(match[2].encode()), "0")

    def _leave_out(self, statement: Node) -> Break:
        return Break(self.line, "left out", self.forest.place(statement).start, self._end(statement), "{}")

    def _end(self, statement: Node) -> int:
        """Behind a statement's semicolon, which the compiler does not count in everywhere."""
        place = self.forest.place(statement)
        text = self.forest.texts[place.file]
        return place.end if text[place.end - 1 : place.end] == b";" else text.index(b";", place.end) + 1

    def _refuses(self, statement: Node) -> bool:
        """Whether all that an `if` does is to revert."""
        body = statement["trueBody"]
        inside = body.get("statements", [body])
        return len(inside) == 1 and inside[0]["nodeType"] == "RevertStatement"

    def _change(self, kind: str, node: Node, new: str) -> Break:
        place = self.forest.place(node)
        return Break(self.line, kind, place.start, place.end, new)

    def _between(self, kind: str, left: Node, right: Node, operator: str) -> Break:
        """Another operator between two operands, which may stand in brackets."""
        start, end = self.forest.place(left).end, self.forest.place(right).start
        between = self.forest.texts[self.forest.place(left).file][start:end]
        at = start + between.index(operator.encode())
        return Break(self.line, kind, at, at + len(operator), SWAPPED[operator])


def _is_tuple(node: Node) -> bool:
    return node["nodeType"] == "FunctionCall" and str(node["typeDescriptions"]["typeString"]).startswith(
        "tuple"
    )


def _is_number(node: dict[str, Any]) -> bool:
    return bool(NUMBER.match(str(node["typeDescriptions"].get("typeString") or "")))
