"""Files into cases: paths and selections, includes, tables of examples, tags.

A scenario with examples is one case a row. Everything wrong with the files is gathered first, so that one run
names all of it; nothing is played before all files are in order.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from wallet.errors import InvalidInput
from wallet.scenario.document import Actor, Cast, Common, Product, Scenario, Step, read_step
from wallet.scenario.fill import Scope
from wallet.scenario.reading import read
from wallet.scenario.yaml_lines import (
    HINT,
    Block,
    Listing,
    Place,
    Text,
    WrongFile,
    place_of,
    read_tree,
    wrong_file,
)
from wallet.systems.load import systems

SUFFIX: Final = ".scenario.yaml"
_DEEPEST: Final = 10
_SELECTED = re.compile(r"(?P<path>.+?)(?:::(?P<name>(?:(?!::).)+)|:(?P<line>[0-9]+))?", re.S)
_MOST_SHOWN: Final = 40
_HEAD: Final = ("scenario", "zh", "tags", "proves", "system")

T = TypeVar("T", bound=Common)


@dataclass(frozen=True, slots=True)
class Case:
    """One scenario, or one row of its examples, ready to be played. `row` counts from 1.

    `title` is English and Chinese (the English one where there is no other); `system` a preset's name, with
    its variant, or the path of a file.
    """

    name: str
    title: tuple[str, str]
    file: str
    line: int
    tags: tuple[str, ...]
    proves: tuple[str, ...]
    system: str
    actors: dict[str, Actor]
    products: dict[str, Product]
    steps: tuple[Step, ...]
    row: int | None = None
    places: dict[str, Place] = field(default_factory=dict)
    """Where `actor anna` and `product card` stand."""

    @property
    def id(self) -> str:
        """As it is chosen on the command line: `path::name`, with `[row]`."""
        return f"{self.file}::{self.name}"


@dataclass(slots=True)
class _Reader:
    """One reading of several files: trees that were read, and faults that were found."""

    trees: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, WrongFile] = field(default_factory=dict)

    def note(self, fault: WrongFile) -> None:
        for one in (fault, *fault.others):
            self.faults.setdefault(one.message, one)

    def tree(self, shown: str) -> Any:
        if shown not in self.trees:
            self.trees[shown] = read_tree(Path(shown), shown)
        return self.trees[shown]

    def note_line(self, shown: str, line: int) -> None:
        """Whether the file has such a line."""
        last = Path(shown).read_text("utf-8", errors="replace").count("\n") + 1
        if not 1 <= line <= last:
            self.note(wrong_file(shown, f"has no line {line}", hint=f"its last line is {last}"))

    # ------------------------------------------------------------------------------------------ one file

    def cases(self, shown: str) -> Iterator[Case]:
        """The cases of one file; what is wrong with it is noted."""
        try:
            tree = _block(self.tree(shown), shown)
            scenario = read(Scenario, tree, tree.place)
            if not scenario.steps:
                raise wrong_file(tree.place, "is missing or empty", key="steps")
            common = self._common(shown, scenario, ())
        except WrongFile as fault:
            self.note(fault)
            return
        used: set[str] = set()
        rows: list[Any] = list(scenario.examples) or [None]
        before = len(self.faults)
        for number, row in enumerate(rows, 1):
            try:
                found = self._case(shown, tree, common, row, number if scenario.examples else None, used)
            except WrongFile as fault:
                self.note(fault)
                continue
            if found is not None:
                yield found
        if len(self.faults) == before:
            self._unused(tree, scenario, used)

    def _case(
        self, shown: str, tree: Block, common: Common, row: Any, number: int | None, used: set[str]
    ) -> Case | None:
        scope = Scope()
        own = _columns(row, common)
        scope.define({**common.variables, **own})
        head = {key: held for key, held in tree.items() if isinstance(key, Text) and key in _HEAD}
        said = read(Scenario, scope.fill(Block(head, tree.place)), tree.place)
        before = len(self.faults)
        cast = self._cast(scope, common, tree.place)
        steps = tuple(self._steps(shown, common.steps, scope, ()))
        used |= scope.used
        if len(self.faults) > before or cast is None:
            return None
        title = str(said.scenario)
        name = slug(title) + ("" if number is None else f"[{number}]")
        line = tree.place_of_key("scenario").line if number is None else _row_place(row).line
        return Case(
            name=name,
            title=(title, str(said.zh) or title),
            file=shown,
            line=line,
            tags=tuple(map(str, said.tags)),
            proves=tuple(map(str, said.proves)),
            system=_system(str(said.system), place_of(tree.get("system")) or tree.place),
            actors=cast.actors,
            products=cast.products,
            steps=steps,
            row=number,
            places={
                f"{kind} {scope.fill(name)}": place_of(name) or tree.place
                for kind, nodes in (("actor", common.actors), ("product", common.products))
                for name in nodes
            },
        )

    def _cast(self, scope: Scope, common: Common, place: Place) -> Cast | None:
        """People and products; every fault of theirs is noted."""
        found: dict[str, dict[str, Any]] = {"actors": {}, "products": {}}
        for kind, nodes in (("actors", common.actors), ("products", common.products)):
            for name, node in nodes.items():
                try:
                    where = place_of(name) or place_of(node) or place
                    filled = Block({scope.fill(Text(name, where)): scope.fill(node)}, where)
                    made = read(Cast, Block({Text(kind, where): filled}, where), where)
                    found[kind].update(getattr(made, kind))
                except WrongFile as fault:
                    self.note(fault)
        return Cast.model_construct(actors=found["actors"], products=found["products"])

    def _steps(
        self, shown: str, nodes: Iterable[Any], scope: Scope, within: tuple[str, ...]
    ) -> Iterator[Step]:
        """Steps in order, those of included files in their places."""
        for node in nodes:
            try:
                filled = scope.fill(node)
                if isinstance(filled, Block) and "include" in filled:
                    yield from self._included(shown, filled, within)
                else:
                    yield read_step(filled)
            except WrongFile as fault:
                self.note(fault)

    # ------------------------------------------------------------------------------------------ includes

    def _included(self, shown: str, node: Block, within: tuple[str, ...]) -> Iterator[Step]:
        """The steps of another file, with the variables it is given."""
        place = node.place_of_key("include")
        if stray := next((key for key in node if key not in ("include", "with")), None):
            raise wrong_file(node.place_of_key(stray), f"no such key beside `include`: {stray}")
        wanted, given = node["include"], node.get("with", Block({}, place))
        if not isinstance(wanted, Text) or not isinstance(given, Block):
            raise wrong_file(place, "write `include: file` and `with: {name: value}`")
        path = self._beside(shown, wanted, place, within)
        tree = self.tree(path)
        if isinstance(tree, Listing):
            tree = Block({Text("steps", tree.place): tree}, tree.place)
        block = _block(tree, path)
        common = read(Common, block, block.place)
        if stray := next((key for key in ("include", "actors", "products") if key in block), None):
            raise wrong_file(block.place_of_key(stray), f"a file of steps has no `{stray}`", key=stray)
        scope = Scope()
        scope.define({**{name: value for name, value in common.variables.items() if value != ""}, **given})
        if missing := next((name for name in common.variables if name not in scope.values), None):
            raise wrong_file(place, f"{path} needs {missing!r}", hint=f"say `with: {{{missing}: …}}`")
        before = len(self.faults)
        yield from self._steps(path, common.steps, scope, (*within, os.path.normpath(shown)))
        if len(self.faults) == before:
            for name in given:
                if name not in scope.used:
                    raise wrong_file(node.place_of_key("with"), f"{path} does not use {str(name)!r}")

    def _common(self, shown: str, own: T, within: tuple[str, ...]) -> T:
        """`own` with what its includes bring put below it."""
        found: dict[str, dict[str, Any]] = {"variables": {}, "actors": {}, "products": {}}
        for wanted in own.include:
            place = place_of(wanted) or Place(shown, 1)
            path = self._beside(shown, wanted, place, within)
            block = _block(self.tree(path), path)
            brought = read(Common, block, block.place)
            if brought.steps:
                raise wrong_file(place, f"{path} has steps", hint="include it as a step: `- include: …`")
            brought = self._common(path, brought, (*within, os.path.normpath(shown)))
            for kind, items in found.items():
                items.update(getattr(brought, kind))
        for kind, items in found.items():
            items.update(getattr(own, kind))
        return own.model_copy(update=found)

    def _beside(self, shown: str, wanted: str, place: Place, within: tuple[str, ...]) -> str:
        path = os.path.normpath(Path(shown).parent / wanted)
        if path in (*within, os.path.normpath(shown)):
            raise wrong_file(place, f"{wanted} includes itself", hint="take one of the includes out")
        if len(within) >= _DEEPEST:
            raise wrong_file(place, f"includes are more than {_DEEPEST} deep")
        if not Path(path).is_file():
            raise wrong_file(place, f"there is no file {path}", hint="paths are relative to this file")
        return path

    def _unused(self, tree: Block, scenario: Scenario, used: set[str]) -> None:
        """Variables of this very file that nothing uses: a slip of the pen more often than not."""
        defined = [*scenario.variables, *(scenario.examples[0] if scenario.examples else ())]
        for name in defined:
            if name not in used:
                own = name in scenario.variables
                where = tree["variables"].place_of_key(name) if own else tree.place_of_key("examples")
                self.note(wrong_file(where, f"variable {str(name)!r} is not used", hint=f"write ${{{name}}}"))


def load(paths: Sequence[str], tags: Sequence[str] = ()) -> tuple[Case, ...]:
    """Cases of files and folders, chosen by `PATH:LINE`, `PATH::name`, `PATH::name[row]` and tags.

    A tag given twice means both; `a,b` means either, `not-a` those without. Raises InvalidInput:
    `scenario-file`, `scenario-files` for several, `no-scenario` where nothing is chosen.
    """
    reader = _Reader()
    found: dict[str, Case] = {}
    for wanted in paths:
        match = _SELECTED.fullmatch(wanted)
        path, name, line = (match["path"], match["name"], match["line"]) if match else (wanted, None, None)
        if Path(wanted).exists():
            path, name, line = wanted, None, None
        try:
            files = list(_files(path))
        except WrongFile as fault:
            reader.note(fault)
            continue
        before = len(reader.faults)
        if line is not None:
            for file in files:
                reader.note_line(file, int(line))
        cases = [case for file in files for case in reader.cases(file)]
        chosen = [case for case in cases if _is_chosen(case, cases, name, line)]
        if not chosen and len(reader.faults) == before:
            reader.note(_not_there(wanted, cases))
        found.update({case.id: case for case in chosen})
    _raise(sorted(reader.faults.values(), key=lambda one: (one.values["file"], one.values["line"])))
    chosen_by_tag = tuple(one for one in found.values() if _has_tags(one, tags))
    if not chosen_by_tag:
        every = sorted({tag for one in found.values() for tag in one.tags})
        raise InvalidInput(
            f"no scenario has the tags {', '.join(tags)}",
            hint=f"tags here: {', '.join(every) or 'none'}",
            code="no-scenario",
            wanted=", ".join(tags),
            known=", ".join(every),
        )
    return chosen_by_tag


def slug(title: str) -> str:
    """`Anna ends her card!` as `anna-ends-her-card`."""
    return re.sub(r"[^\w]+|_+", "-", title.lower()).strip("-") or "scenario"


def _files(path: str) -> Iterator[str]:
    place = Path(path)
    if place.is_dir():
        found = sorted(str(one) for one in place.rglob(f"*{SUFFIX}") if one.is_file())
        if not found:
            raise wrong_file(
                path, f"there is no *{SUFFIX} in this folder", hint="`prepaid scenario new` writes one"
            )
        yield from found
    elif place.is_file():
        yield path
    else:
        raise wrong_file(path, "there is no such file or folder", hint="check the path")


def _system(wanted: str, place: Place) -> str:
    """The system as services find it: the path of a file beside the scenario, else a name that is known."""
    if wanted.endswith(".toml"):
        path = (Path(place.file).parent / wanted).resolve()
        if not path.is_file():
            raise wrong_file(
                place, f"there is no file {wanted}", hint="paths are relative to this file", key="system"
            )
        return str(path)
    if wanted.partition("/")[0] not in systems():
        raise wrong_file(
            place, f"{wanted!r} is not known", hint=f"known: {', '.join(systems())}", key="system"
        )
    return wanted


def _is_chosen(one: Case, cases: list[Case], name: str | None, line: str | None) -> bool:
    if name is not None:
        return name in (one.name, one.name.partition("[")[0])
    if line is None:
        return True
    rows = [case.line for case in cases if case.row is not None]
    return int(line) not in rows or one.line == int(line)


def _not_there(wanted: str, cases: list[Case]) -> WrongFile:
    names = ", ".join(one.name for one in cases)
    return wrong_file(wanted, "no scenario of this name", hint=f"there is {names}" if names else HINT)


def _has_tags(one: Case, tags: Sequence[str]) -> bool:
    def holds(tag: str) -> bool:
        return tag[4:] not in one.tags if tag.startswith("not-") else tag in one.tags

    return all(any(holds(part.strip()) for part in tag.split(",")) for tag in tags)


def _raise(faults: list[WrongFile]) -> None:
    if len(faults) == 1:
        raise faults[0]
    if faults:
        lines = [
            f"{one.message} ({one.hint})" if one.hint != HINT else one.message for one in faults[:_MOST_SHOWN]
        ]
        more = f"\n… and {len(faults) - _MOST_SHOWN} more" if len(faults) > _MOST_SHOWN else ""
        listed = "\n".join(lines) + more
        raise InvalidInput(
            f"{len(faults)} places are not in order:\n{listed}",
            hint="nothing was played; correct them all",
            code="scenario-files",
            count=len(faults),
            listed=listed,
            faults=[{"file": one.values["file"], "line": one.values["line"], "reason": one.values["reason"]}
                    for one in faults],
        )  # fmt: skip


def _block(tree: Any, shown: str) -> Block:
    if not isinstance(tree, Block):
        raise wrong_file(Place(shown, 1), "a file of keys belongs here, such as `scenario:` and `steps:`")
    return tree


def _columns(row: Any, common: Common) -> dict[str, Any]:
    """One row of the table as variables; every row must have the same columns."""
    if row is None:
        return {}
    first = common.examples[0] if isinstance(common, Scenario) else row
    if set(first) != set(row):
        odd = ", ".join(sorted(set(first) ^ set(row)))
        raise wrong_file(_row_place(row), f"this row differs from the first in {odd}", key="examples")
    return dict(row)


def _row_place(row: Any) -> Place:
    return next((place for one in row.values() if (place := place_of(one)) is not None), Place("", 0))
