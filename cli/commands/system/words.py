"""A programme in words: its page for people, in either language. Only says what a preset holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from cli.messages import Messages
from cli.text import Style, pad, width
from wallet.money import format_yuan

if TYPE_CHECKING:
    from wallet.systems.figures import Figure, Words
    from wallet.systems.load import Preset
    from wallet.systems.model import Custody, Reading, Sector, System

SECTIONS = ("custody", "refund", "transfer", "gate", "limits", "monitoring", "support", "evidence")
_ARTICLE = re.compile(r"art\. (.+)")


class Wording:
    """Says parts of presets in one language."""

    def __init__(self, t: Messages, style: Style) -> None:
        self.t, self.style = t, style

    def said(self, words: Words) -> str:
        """The text in the user's language."""
        return words.zh if self.t.lang == "zh" else words.en

    def rows(self, numbers: Sequence[int]) -> str:
        """`1-14`, or `-` for none; rows of a programme stand together in the table."""
        return f"{numbers[0]}-{numbers[-1]}" if len(numbers) > 1 else "".join(map(str, numbers)) or "–"

    def value(self, figure: Figure[Any]) -> str:
        """A figure's value with its unit."""
        return self._plain(figure.value, figure.unit)

    def held(self, custody: Custody) -> str:
        """The least and the most that is held."""
        most = self.value(custody.ratio)
        if custody.ladder is None:
            return most
        return f"{self._number(custody.ratio.value - max(custody.ladder.value), 'bps')}–{most}"

    def page(self, preset: Preset) -> str:
        """Everything about one programme."""
        system, t, style = preset.system, self.t, self.style
        status = t(f"system.status.{system.status}")
        if system.since is not None:
            status = t("system.since", status=status, since=system.since.isoformat())
        rows = f" · {t('system.head.rows')} {self.rows(system.rows)}" if system.rows else ""
        lines = [
            f"{style.bold(self.said(system.title))}  {preset.label}",
            f"{status} · {self.said(system.place)}{rows}",
        ]
        if preset.variant:
            both: tuple[Sector | Reading, ...] = (*system.sectors, *system.readings)
            chosen = next(one for one in both if one.key == preset.variant)
            lines.append(t("system.variant", name=self.said(chosen.name)))
        if not system.in_force:
            lines.append(style.yellow(t("system.not-in-force")))
        lines += ["", self.said(system.explanation)]
        lines += self._parties(system)
        for name in SECTIONS:
            lines += self._section(t(f"system.figure.{name}"), name, getattr(system, name))
        lines += self._guarantors(system) + self._sectors(system)
        lines += self._places(system) + self._readings(system) + self._products(system)
        lines += self._sources(preset)
        return "\n".join([*lines, "", style.dim(t("system.marks"))])

    # ---------------------------------------------------------------------------------------------- parts

    def _parties(self, system: System) -> list[str]:
        cells = [
            (f"{self.said(one.name)} ({self.t(f'system.word.{one.role}')})", self.said(one.does),
             self._cite(one.source))
            for one in system.parties
        ]  # fmt: skip
        return self._block(self.t("system.parties"), cells)

    def _section(self, title: str, group: str, part: Any) -> list[str]:
        return self._block(title, self._figures(group, part))

    def _figures(self, group: str, part: Any) -> list[tuple[str, ...]]:
        """Name, value, mark, source and remark of each figure in a part."""
        from wallet.systems.figures import Figure

        values = {name: getattr(part, name) for name in type(part).model_fields}
        return [self._row(group, name, value) for name, value in values.items() if isinstance(value, Figure)]

    def _row(self, group: str, name: str, figure: Figure[Any]) -> tuple[str, ...]:
        mark = self.t(f"system.mark.{figure.mark}")
        note = "" if figure.note is None else self.said(figure.note)
        cells = self.t(f"system.figure.{group}.{name}"), self.value(figure), mark, self._cite(figure.source)
        return (*cells, note)

    def _guarantors(self, system: System) -> list[str]:
        lines: list[str] = []
        for number, one in enumerate(system.guarantors, 1):
            title = f"{number}. {self.said(one.name)} ({self.t(f'system.word.{one.kind}')})"
            lines += self._rows(title, self._figures("guarantors", one))
        return ["", self.style.bold(self.t("system.guarantors")), *lines] if lines else []

    def _sectors(self, system: System) -> list[str]:
        lines = []
        for one in system.sectors:
            phase = self.t("system.phase", phase=one.phase)
            lines.append(f"  {self.said(one.name)} ({one.key}) · {phase} · {self._cite(one.source)}")
            lines += self._changes(one.changes)
        return ["", self.style.bold(self.t("system.sectors")), *lines] if lines else []

    def _places(self, system: System) -> list[str]:
        lines = []
        for group in ("districts", "channels"):
            places = getattr(system, group)
            if places:
                names = self.t("system.comma").join(self.said(one.name) for one in places)
                lines += ["", self.style.bold(self.t(f"system.{group}")), f"  {names}"]
        return lines

    def _readings(self, system: System) -> list[str]:
        lines = []
        for one in system.readings:
            lines += [f"  {self.said(one.name)} ({one.key}) · {self._cite(one.source)}"]
            lines += [f"    {self.said(one.why)}", *self._changes(one.changes)]
        return ["", self.style.bold(self.t("system.readings")), *lines] if lines else []

    def _changes(self, changes: Any) -> list[str]:
        rows = [
            self._row(group, name, figure)
            for group, figures in changes.items()
            for name, figure in figures.items()
        ]
        title = f"  {self.t('system.differs')}"
        return self._rows(title, rows, indent="      ") if rows else []

    def _products(self, system: System) -> list[str]:
        lines: list[str] = []
        for one in system.products:
            label = f" [{one.label}]" if one.label else ""
            title = f"{self.said(one.name)} ({self.t(f'system.word.{one.kind}')}){label}"
            lines += self._rows(title, self._figures("products", one))
        return ["", self.style.bold(self.t("system.products")), *lines] if lines else []

    def _sources(self, preset: Preset) -> list[str]:
        from wallet.systems.rows import programme_rows
        from wallet.systems.sources import find_reference

        named = {text for _, figure in preset.system.figures() for text in figure.source}
        found = [find_reference(text, preset.sources) for text in sorted(named)]
        sources = {one.source.key: one.source for one in found if one.source is not None}
        lines = []
        for key in sorted(sources):
            source = sources[key]
            lines.append(f"  {key}: {source.zh if self.t.lang == 'zh' else source.en}")
            lines += [f"    {self.style.dim(address)}" for address in source.addresses]
        for row in programme_rows():
            if row.number in {one.row for one in found}:
                said = row.zh if self.t.lang == "zh" else row.en
                lines.append(f"  {self.t('system.source.row-long', row=row.number)}: {said}")
        return ["", self.style.bold(self.t("system.sources")), *lines]

    # --------------------------------------------------------------------------------------------- layout

    def _block(self, title: str, cells: Iterable[Sequence[str]]) -> list[str]:
        lines = self._rows(self.style.bold(title), list(cells), indent="  ", outdent="")
        return ["", *lines] if len(lines) > 1 else []

    def _rows(
        self, title: str, rows: Sequence[Sequence[str]], *, indent: str = "    ", outdent: str = "  "
    ) -> list[str]:
        """`title` and under it the rows in columns; a fifth cell stands on a line of its own."""
        columns = max((len(row) for row in rows), default=0)
        sizes = [max(width(row[i]) for row in rows) for i in range(min(columns, 4))]
        lines = [f"{outdent}{title}"]
        for row in rows:
            cells = (pad(cell, size) for cell, size in zip(row[:4], sizes, strict=False))
            lines.append(f"{indent}{'  '.join(cells)}".rstrip())
            if len(row) > 4 and row[4]:
                lines.append(f"{indent}  {self.style.dim(row[4])}")
        return lines

    def _cite(self, sources: Sequence[str]) -> str:
        return self.t("system.comma").join(map(self._reference, sources))

    def _reference(self, text: str) -> str:
        key, _, place = text.partition(" ")
        said = self.t.first(f"system.source.{text}")
        if said is not None:
            return said
        if key == "row":
            return self.t("system.source.row", row=place)
        article = _ARTICLE.fullmatch(place)
        return f"{key} {self.t('system.source.article', number=article[1])}" if article else text

    def _plain(self, value: Any, unit: str) -> str:
        t = self.t
        if isinstance(value, bool):
            return t(f"system.word.{str(value).lower()}")
        if isinstance(value, int):
            return self._number(value, unit)
        if isinstance(value, str):
            return t.first(f"system.word.{value}") or value
        if isinstance(value, dict):
            parts = [f"{self._plain(key, '')} {self._plain(item, unit)}" for key, item in value.items()]
            return t("system.comma").join(parts)
        return t("system.comma").join(self._item(item, unit) for item in value)

    def _item(self, item: Any, unit: str) -> str:
        if hasattr(item, "threshold"):
            threshold, bonus = format_yuan(item.threshold), format_yuan(item.bonus)
            return self.t("system.tier", threshold=threshold, bonus=bonus)
        if hasattr(item, "price"):
            price = format_yuan(item.price)
            return self.t("system.run", name=self.said(item.name), price=price, count=item.count)
        return self._plain(item, unit)

    def _number(self, number: int, unit: str) -> str:
        if unit == "fen":
            return self.t("system.yuan", amount=format_yuan(number))
        if unit == "bps":
            whole, part = divmod(number, 100)
            return f"{whole}.{part:02d}%" if part else f"{whole}%"
        return str(number) if unit in ("", "count") else self.t(f"system.{unit}", number=number)
