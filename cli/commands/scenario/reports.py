"""Where a run leaves its reports: looked at before the first scenario is played, written after the last."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from cli.session import Session
from wallet.errors import EnvironmentFault, InvalidInput

if TYPE_CHECKING:
    from wallet.scenario.result import RunResult


def check_targets(played: Iterable[str], junit: Path | None, html: Path | None) -> None:
    """Refuse a report that would replace a scenario or another report, or that cannot be written."""
    sources = {Path(one).resolve() for one in played}
    taken: set[Path] = set()
    for option, target in (("--junit", junit), ("--html", html)):
        if target is None:
            continue
        place = target.resolve()
        if place in sources or place in taken or target.name.endswith(".scenario.yaml"):
            raise InvalidInput(
                f"{option}: {target} would be replaced, and it is a scenario or the other report",
                hint="name a file of its own",
                code="report-replaces",
                option=option,
                value=str(target),
            )
        taken.add(place)
        if not _is_writable(place):
            raise EnvironmentFault(
                f"{option}: {target} cannot be written",
                hint="name a file in a folder that may be written to",
                code="report-unwritable",
                option=option,
                value=str(target),
            )


def _is_writable(place: Path) -> bool:
    """A file, or one to be, in a folder that is there or can be made."""
    there = next(one for one in (place, *place.parents) if one.exists())
    return os.access(there, os.W_OK) and there.is_dir() == (there != place)


def write_reports(session: Session, result: RunResult, junit: Path | None, html: Path | None) -> list[str]:
    """Write the reports that were asked for, by the names given; what to say of it.

    One that cannot be written after all costs no answer: that is said instead.
    """
    said = []
    for target, write in ((junit, _junit), (html, _html)):
        if target is None:
            continue
        try:
            write(result, target)
            said.append(session.t("scenario.written", file=target))
        except OSError as error:
            said.append(
                session.t("scenario.not-written", file=target, why=error.strerror or type(error).__name__)
            )
    return said


def _junit(result: RunResult, target: Path) -> None:
    from wallet.scenario.report.junit import write_junit

    write_junit(result, target)


def _html(result: RunResult, target: Path) -> None:
    from wallet.scenario.report.html import write_html

    write_html(result, target)
