"""The statements that move or count money, found by `money.py`'s answer; each is one line to be broken.

A statement is taken if it hands money over, writes money down, compares it, answers it, or stands in a pure
function on the way to an amount. What only tells (events, the values of a refusal) is left out, and so are
interfaces, mocks and structs, which do nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tests.mutation.money import MOVES, Money, called
from tests.mutation.tree import Forest, Node, walk
from wallet.compiler.sources import OWN_PREFIX

SILENT = ("EmitStatement", "RevertStatement", "PlaceholderStatement", "Break", "Continue")
HEAD = ("initializationExpression", "loopExpression")  # of a `for`, beside its condition
LEFT_OUT = ("interfaces/", "mocks/")


@dataclass(frozen=True, slots=True)
class Line:
    """One statement: its place, what it is taken for ("moves", "writes", "guards", "answers", "counts"), the
    parts of it that can be broken, and a name that stays when lines above it come and go."""

    file: str
    number: int
    function: str
    name: str
    why: str
    text: str
    statement: Node
    parts: tuple[Node, ...]
    inside: int


def money_lines(forest: Forest, money: Money) -> tuple[Line, ...]:
    """Every such statement, in the order of files and text."""
    found: list[Line] = []
    for file in sorted(forest.trees):
        own = file.removeprefix(OWN_PREFIX)
        if own == file or own.startswith(LEFT_OUT):
            continue
        seen: Counter[str] = Counter()
        for node in walk(forest.trees[file]):
            if node["nodeType"] in ("FunctionDefinition", "ModifierDefinition") and node.get("body"):
                function = str(node["name"] or node["kind"])
                for statement in _statements(node["body"]):
                    parts = tuple(_parts(statement))
                    why = _why(forest, money, node, statement, parts)
                    if not why:
                        continue
                    seen[function] += 1
                    found.append(
                        Line(
                            own,
                            forest.line(statement),
                            function,
                            f"{own}:{function}.{seen[function]}",
                            why,
                            _shown(forest, statement, parts),
                            statement,
                            parts,
                            node["id"],
                        )
                    )
    return tuple(found)


def _statements(block: Node) -> Iterator[Node]:
    """Every statement below a block, those inside other statements included, blocks themselves not."""
    heads = {
        node[key]["id"]
        for node in walk(block)
        if node["nodeType"] == "ForStatement"
        for key in HEAD
        if node.get(key)
    }
    for node in walk(block):
        kind = node["nodeType"]
        if node["id"] in heads:
            continue
        if kind in ("ExpressionStatement", "VariableDeclarationStatement", "Return", "InlineAssembly") or (
            kind.endswith("Statement") and kind not in SILENT
        ):
            yield node


def _parts(statement: Node) -> Iterator[Node]:
    """What belongs to a statement itself, not to those inside it."""
    for key in ("expression", "initialValue", "condition", "externalCall", *HEAD):
        if isinstance(part := statement.get(key), dict):
            yield from _parts(part) if part["nodeType"].endswith("Statement") else (part,)


def _why(forest: Forest, money: Money, function: Node, statement: Node, parts: tuple[Node, ...]) -> str:
    """What the statement is taken for, "" if it is not."""
    kind = statement["nodeType"]
    if any(
        each["nodeType"] == "FunctionCall" and called(each) in MOVES for part in parts for each in walk(part)
    ):
        return "moves"
    if kind == "InlineAssembly":
        named = {each["declaration"] for each in statement["externalReferences"]}
        return "writes" if named & money.variables else ""
    declared = [each for each in statement.get("declarations", ()) if each]
    if not parts:
        return ""
    mentions = (
        any(money.mentions(part) for part in parts)
        or any(money.is_money(each) for each in declared)
        or any(each["id"] in money.variables for each in declared)
    )
    words = any(_is_packed(money, part) for part in parts)
    if not mentions and not words:
        return "counts" if function["id"] in money.counting else ""
    if kind in ("IfStatement", "WhileStatement", "ForStatement"):
        return "guards"
    if kind == "Return":
        return "answers"
    return "writes"


def _is_packed(money: Money, part: Node) -> bool:
    """Whether an expression writes a word that money is packed into."""
    if part["nodeType"] != "Assignment":
        return False
    return str(part["leftHandSide"]["typeDescriptions"]["typeString"]) in money.words


def _shown(forest: Forest, statement: Node, parts: tuple[Node, ...]) -> str:
    """The statement on one line; of one with others inside, its head."""
    text = forest.text(statement)
    if statement["nodeType"] in ("IfStatement", "ForStatement", "WhileStatement", "TryStatement"):
        end = max(forest.place(part).end for part in parts) - forest.place(statement).start
        text = text.encode()[:end].decode() + (") …" if statement["nodeType"] != "TryStatement" else " …")
    return " ".join(text.split())
