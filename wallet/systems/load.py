"""Read a programme's file: its own figures over those of the file it is based on, all of it checked.

A developer's own file may be based on any programme that comes along (`based_on = "suzhou"`) and say only
what differs. Lists (guarantors, products, sectors, …) are taken whole; a figure is taken with its source.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wallet.errors import InvalidInput
from wallet.systems.lines import line_of
from wallet.systems.sources import Source, find_references, known_sources, read_sources

if TYPE_CHECKING:
    from wallet.systems.model import Product, Reading, Sector, System

FOLDER: Final = Path(__file__).parent
BASE: Final = "national"
_NAMES: Final = (
    "suzhou", "shanghai", "shenzhen", "jinan", "beijing", "beijing_medical", "chengdu", "kaifeng", "meituan",
    "fuzhou_jinan", "ningbo", "unsupervised",
)  # fmt: skip
Steps = tuple[str | int, ...]
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_HINT = "`prepaid system show suzhou --json` shows every part that a file may have"


@dataclass(frozen=True, slots=True)
class Preset:
    """A system as read: checked, with the sources its figures name. `variant` says under which changes."""

    system: System
    sources: Mapping[str, Source]
    file: str
    variant: str = ""
    document: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def label(self) -> str:
        """`chengdu`, or `chengdu/order-at-sale` under changes."""
        return f"{self.system.name}/{self.variant}" if self.variant else self.system.name

    def under(self, variant: str) -> Preset:
        """The same in one of its sectors, or under one of its readings; else `unknown-variant`."""
        both: tuple[Sector | Reading, ...] = (*self.system.sectors, *self.system.readings)
        chosen = next((one for one in both if one.key == variant), None)
        if chosen is None:
            known = ", ".join(one.key for one in both) or "none"
            raise InvalidInput(
                f"{self.system.name} has no sector or reading {variant!r}",
                hint=f"it has: {known}",
                code="unknown-variant",
                system=self.system.name,
                value=variant,
                known=known,
            )
        changes = chosen.model_dump(exclude_unset=True).get("changes", {})
        document = _merged(self.document, changes)
        return replace(self, system=_checked(document, self.file, ""), variant=variant, document=document)

    def product(self, key: str) -> tuple[System, Product]:
        """One of its products, with the system as it is in the product's sector; else `unknown-product`."""
        found = next((one for one in self.system.products if one.key == key), None)
        if found is None:
            known = ", ".join(one.key for one in self.system.products)
            raise InvalidInput(
                f"{self.system.name} has no product {key!r}",
                hint=f"it has: {known}",
                code="unknown-product",
                value=key,
            )
        return self.under(found.sector).system, found


def systems() -> tuple[str, ...]:
    """Names of the programmes that come along, in the order of the programme table."""
    return _NAMES


def find_system(wanted: str) -> Preset:
    """A programme by name, or a file; with `/sector` or `/reading` after a name, under these changes.

    Raises InvalidInput `unknown-system`, `unknown-variant`, `invalid-system` (with file and line).
    """
    name, _, variant = wanted.partition("/")
    if name in _NAMES:
        preset = load_system(FOLDER / f"{name}.toml")
        return preset.under(variant) if variant else preset
    if wanted.endswith(".toml") or Path(wanted).is_file():
        return load_system(Path(wanted))
    raise InvalidInput(
        f"system: {wanted!r} is not known",
        hint=f"known: {', '.join(_NAMES)}; or name a .toml file of your own",
        code="unknown-system",
        value=wanted,
        known=", ".join(_NAMES),
    )


def load_system(file: Path) -> Preset:
    """The programme in `file`; InvalidInput `invalid-system` names file, line and place of what is wrong."""
    shown = file.name if file.parent == FOLDER else str(file)
    text = _text(file, shown)
    own = _parsed(text, shown)
    tables = own.pop("sources", {})
    try:
        sources = {**known_sources(), **read_sources(tables)}
    except (ValueError, AttributeError) as problem:
        raise _wrong(shown, line_of(text, ("sources",)), "sources", str(problem)) from problem
    document = _merged(_base(own, text, shown), own)
    preset = Preset(_checked(document, shown, text), sources, shown, document=document)
    for steps, reason in _faults(preset):
        raise _wrong(shown, line_of(text, steps), _named(steps), reason)
    return preset


def _text(file: Path, shown: str) -> str:
    try:
        return file.read_text("utf-8")
    except FileNotFoundError:
        raise InvalidInput(
            f"no file {shown}", hint="check the path", code="no-such-file", file=shown
        ) from None
    except (OSError, UnicodeDecodeError) as problem:
        raise InvalidInput(
            f"{shown}: cannot be read ({problem})",
            hint="check the path and its permissions",
            code="file-unreadable",
            file=shown,
        ) from problem


def _parsed(text: str, shown: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        at = _AT_LINE.search(str(problem))
        line = int(at[1]) if at else len(text.splitlines())
        raise _wrong(shown, line, "TOML", _AT_LINE.sub("", str(problem)).strip()) from problem


def _base(own: dict[str, Any], text: str, shown: str) -> Mapping[str, Any]:
    """The document that `own` is laid over: the national rules, unless it says otherwise."""
    name = own.pop("based_on", BASE)
    if name not in (BASE, *_NAMES):
        raise _wrong(shown, line_of(text, ("based_on",)), "based_on", f"{name!r} does not come along")
    base = _parsed((FOLDER / f"{name}.toml").read_text("utf-8"), f"{name}.toml")
    if name == BASE:
        return base
    base.pop("based_on", None)
    return _merged(_base({}, "", shown), base)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`above` laid over `below`, section by section; figures, words and lists are taken whole."""
    found = dict(below)
    for key, value in above.items():
        there = found.get(key)
        both = isinstance(value, dict) and isinstance(there, dict)
        whole = not both or {"value", "en"} & {*value, *(there or {})}
        found[key] = value if whole else _merged(there or {}, value)
    return found


def _checked(document: Mapping[str, Any], shown: str, text: str) -> System:
    from pydantic import ValidationError

    from wallet.systems.model import System

    try:
        return System.model_validate(document)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_context=False)[0]
        reason = first["msg"].removeprefix("Value error, ")
        place = ".".join(map(str, first["loc"]))
        raise _wrong(shown, line_of(text, first["loc"]), place, reason) from problem


def _faults(preset: Preset) -> Iterator[tuple[Steps, str]]:
    """What the parts' own checks cannot see: sources and sectors that are none, impossible changes."""
    system = preset.system
    for steps, source in _sources_of(system):
        try:
            find_references(source, preset.sources)
        except ValueError as problem:
            yield (*steps, "source"), str(problem)
    sectors = {sector.key for sector in system.sectors}
    for number, product in enumerate(system.products):
        if product.sector not in sectors:
            yield ("products", number, "sector"), f"{product.sector!r} is not one of the sectors"
    for group in ("sectors", "readings"):
        for number, part in enumerate(getattr(system, group)):
            try:
                preset.under(part.key)
            except InvalidInput as problem:
                yield (group, number, "changes"), str(problem.values.get("reason", problem))


def _sources_of(system: System) -> Iterator[tuple[Steps, Iterable[str]]]:
    yield (), system.source
    for steps, figure in system.figures():
        yield steps, figure.source
    for group in ("parties", "sectors", "districts", "channels", "readings", "products"):
        for number, part in enumerate(getattr(system, group)):
            yield (group, number), part.source


def _named(steps: Steps) -> str:
    return ".".join(map(str, steps))


def _wrong(file: str, line: int, place: str, reason: str) -> InvalidInput:
    return InvalidInput(
        f"{file}, line {line}: {place}: {reason}",
        hint=_HINT,
        code="invalid-system",
        file=file,
        line=line,
        place=place,
        reason=reason,
    )
