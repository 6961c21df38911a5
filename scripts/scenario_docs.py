"""Write what of docs/scenarios.md follows from the code, and the JSON Schema: `make scenario-docs`.

Every verb with its docstring and its fields, a table for each family, between the two marks in the page.
"""

from __future__ import annotations

import argparse
import inspect
import sys
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from wallet.scenario import verbs
from wallet.scenario.beside import CardExpect, Expect
from wallet.scenario.document import Actor, Product
from wallet.scenario.schema import SHIPPED, make_schema, to_json
from wallet.scenario.verb import Verb
from wallet.scenario.verbs import common

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "scenarios.md"
BEGIN: Final = "<!-- verbs: written by `make scenario-docs` from the code, do not edit -->"
END: Final = "<!-- end of verbs -->"


def generated() -> str:
    """The part of the page that follows from the code."""
    lines = [BEGIN, "", "### Beside the fields of a verb", ""]
    lines += ["| field | of steps that | |", "| --- | --- | --- |"]
    shared: set[str] = set()
    kinds = ((common.Sending, "send"), (common.Signing, "sign"), (common.Making, "leave a document"))
    for base, said in kinds:
        for name, field in base.model_fields.items():
            if name not in shared:
                shared.add(name)
                lines.append(f"| `{field.alias or name}` | {said} | {_cell(field.description or '')} |")
    for module in verbs.MODULES:
        title = (inspect.getdoc(module) or module.__name__).splitlines()[0].rstrip(".")
        lines += ["", f"### {title}", "", "| verb | fields | what happens |", "| --- | --- | --- |"]
        for verb in _verbs_of(module):
            fields = " ".join(_fields(verb, shared))
            lines.append(f"| `{verb.word}` | {fields} | {_cell(inspect.getdoc(verb) or '')} |")
    for model, title in (
        (Actor, "Fields of an actor"),
        (Product, "Fields of a product"),
        (Expect, "What `expect` looks at"),
        (CardExpect, "What `expect: cards` looks at"),
    ):
        lines += ["", f"### {title}", "", "| field | |", "| --- | --- |"]
        for name, field in model.model_fields.items():
            lines.append(f"| `{field.alias or name}` | {_cell(field.description or '')} |")
    return "\n".join([*lines, "", END])


def page() -> str:
    """The page as it should be."""
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + generated() + after


def _verbs_of(module: Any) -> list[type[Verb]]:
    own = {id(kind) for kind in vars(module).values()}
    return [verb for verb in verbs.VERBS.values() if id(verb) in own and verb.__module__ == module.__name__]


def _fields(verb: type[BaseModel], shared: set[str]) -> list[str]:
    """Required fields first; the others in brackets; what many verbs have in common is told once."""
    needed = [f"`{one.alias or name}`" for name, one in verb.model_fields.items() if one.is_required()]
    free = [
        f"[`{one.alias or name}`]"
        for name, one in verb.model_fields.items()
        if not one.is_required() and (name not in shared or name == "as_")
    ]
    return needed + free


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the page and the schema")
    if parser.parse_args().write:
        SHIPPED.write_text(to_json(make_schema()), "utf-8")
        PAGE.write_text(page(), "utf-8")
    else:
        sys.stdout.write(generated() + "\n")
