"""The JSON Schema that is shipped is that of the models, and judges files as we do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from wallet.errors import InvalidInput
from wallet.scenario.document import read_step, verbs
from wallet.scenario.load import load
from wallet.scenario.schema import SHIPPED, make_schema, shipped_schema, to_json
from wallet.scenario.starter import STARTER
from wallet.scenario.yaml_lines import parse_tree

SCENARIOS = Path(__file__).resolve().parents[2] / "scripts" / "scenarios"
FILES = sorted(SCENARIOS.rglob("*.yaml"))


class Editor(yaml.SafeLoader):
    """YAML as editors read it (1.2): dates, 18:05, yes and no are text."""


Editor.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if not tag.endswith(("timestamp", "bool", "int", "float"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Editor.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)$"), list("tf"))
Editor.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?[0-9]+$"), list("-+0123456789"))
Editor.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9]+\.[0-9]+$"), list("-+0123456789")
)


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = shipped_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def complaints(validator: Any, text: str) -> list[str]:
    found = validator.iter_errors(yaml.load(text, Loader=Editor))
    return [f"{error.json_path}: {error.message[:200]}" for error in found]


def test_what_is_shipped_is_fresh() -> None:
    """After a change of a model or verb: `make scenario-docs`."""
    assert SHIPPED.read_text("utf-8") == to_json(make_schema())


def test_shipped_scenarios_satisfy_it() -> None:
    """Files that are included have no title of their own; otherwise they are held to the same.

    That a step has one verb is left to the reader, who is far quicker at it.
    """
    schema = shipped_schema()
    del schema["$defs"]["Step"]["oneOf"]
    quick = Draft202012Validator(schema)
    for file in FILES:
        text = file.read_text("utf-8")
        if not file.name.endswith(".scenario.yaml"):
            text = "scenario: included\n" + text
        assert complaints(quick, text) == [], file


def test_the_starter_satisfies_it(validator: Any) -> None:
    assert complaints(validator, STARTER) == []


@pytest.mark.parametrize(
    "line",
    [
        "- advance: 3 moons",
        "- advance: {by: 1d, too: x}",
        "- byu: {by: anna}",
        "- advance: 1d\n  buy: {by: anna, product: card, as: a}",
        "- buy: {by: anna}",
        "- advance: 1d\n  fail: x",
        "- expect: {balance: {anna: 0}}",
        "- note: nothing",
        "- fails: x\n  expect: {balances: {anna: 0}}\n  buy: 3",
    ],
)
def test_it_refuses_what_we_refuse(validator: Any, line: str, tmp_path: Path) -> None:
    text = f"scenario: T\nsteps:\n{line}\n"
    assert complaints(validator, text)
    (tmp_path / "a.scenario.yaml").write_text(text, "utf-8")
    with pytest.raises(InvalidInput):
        load([str(tmp_path)])


@pytest.mark.parametrize(
    "line",
    [
        "- advance: 3d",
        "- advance: $span",
        "- advance: {to: 2030-03-01}",
        "- recover:",
        "- restart: chain\n  note: as if the power failed",
        "- buy: {by: anna, product: card, as: a, valid: 1h}\n  gives: {paid: at least 30.00}",
        "- expect: {cards: {a: owing, b: {held: 30.00}}, events: [Closed, {Consumed: {paid: any}}]}",
        "- include: a.steps.yaml\n  with: {who: anna}",
    ],
)
def test_it_accepts_what_we_accept(validator: Any, line: str) -> None:
    assert complaints(validator, f"scenario: T\nsteps:\n{line}\n") == []
    if "include" not in line and "$" not in line:
        read_step(parse_tree(line, "f")[0])


def test_every_verb_is_described() -> None:
    """Editors show it while one types, and docs/scenarios.md lists it."""
    properties = shipped_schema()["$defs"]["Step"]["properties"]
    for word in verbs():
        assert properties[word]["description"].endswith((".", "`", "…")), word
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", word)
