"""Scenario files in a plain `pytest`: each case is an item, collected beside whatever else a project tests.

Loaded by every pytest of an environment that has this package, so it does nothing and imports nothing until a
`*.scenario.yaml` is met. One chain a process, opened by the first scenario that is played; under xdist each
worker has its own. Tags are markers (`-m exit`), known under --strict-markers too.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from wallet.scenario.load import Case
    from wallet.scenario.result import CaseResult
    from wallet.scenario.stage import Stage

_SUFFIX: Final = ".scenario.yaml"
_CHAIN: Final = "revm"


class ScenarioFailed(Exception):
    """A scenario went otherwise than it says, or could not be played; `result` says how."""

    def __init__(self, result: CaseResult) -> None:
        super().__init__(result.reason)
        self.result = result


class Hall:
    """The chain of this process and what stands ready on it, once something was played."""

    def __init__(self, chain: str, seed: int) -> None:
        self.chain, self.seed = chain, seed
        self._exits = ExitStack()
        self._stage: Stage | None = None

    @property
    def stage(self) -> Stage:
        """Opened when first asked for."""
        if self._stage is None:
            from wallet.scenario.pool import staged

            self._stage = self._exits.enter_context(staged(self.chain, self.seed))
        return self._stage

    def close(self) -> None:
        """End the chain."""
        self._stage = None
        self._exits.close()


_HALL: Final = pytest.StashKey[Hall]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--prepaid-chain` and `--prepaid-seed`."""
    group = parser.getgroup("prepaid", "scenarios of prepaid cards (*.scenario.yaml)")
    group.addoption(
        "--prepaid-chain",
        default=_CHAIN,
        metavar="CHAIN",
        help="chain on which scenarios are played: revm (default), eth-tester, anvil, hardhat, rpc:URL",
    )
    group.addoption(
        "--prepaid-seed",
        default=1,
        type=int,
        metavar="N",
        help="seed of keys, salts and references (default 1)",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Scenario files only."""
    if not file_path.name.endswith(_SUFFIX):
        return None
    found: pytest.Collector = ScenarioFile.from_parent(parent, path=file_path)
    return found


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the chain, if there is one."""
    hall = config.stash.get(_HALL, None)
    if hall is not None:
        hall.close()


class ScenarioFile(pytest.File):
    """One file with its case, or with one for every row of its table."""

    def collect(self) -> Iterator[ScenarioItem]:
        with _quiet():
            from wallet.errors import PrepaidError
            from wallet.scenario.load import load

            try:
                cases = load([_shown(self.path)])
            except PrepaidError as error:
                raise self.CollectError(_told(error)) from None
        for case in cases:
            yield ScenarioItem.from_parent(self, name=case.name, case=case)


class ScenarioItem(pytest.Item):
    """One case."""

    def __init__(self, *, case: Case, **more: Any) -> None:
        super().__init__(**more)
        self.case = case
        for tag in case.tags:
            if not re.fullmatch(r"[A-Za-z][\w-]*", tag):
                continue  # nothing that `-m` could name
            # Known from here on, so that --strict-markers has no objection.
            self.config.addinivalue_line("markers", f"{tag}: tag of a scenario")
            self.add_marker(tag)

    def runtest(self) -> None:
        stash, option = self.config.stash, self.config.getoption
        if _HALL not in stash:
            stash[_HALL] = Hall(option("--prepaid-chain"), option("--prepaid-seed"))
        with _quiet():
            from wallet.scenario.run import play

            result = play(self.case, stash[_HALL].stage)
        self.user_properties += [("chain", result.chain), ("seed", result.seed), ("gas", result.gas)]
        if result.status == "skipped":
            pytest.skip(result.reason)
        if result.status != "passed":
            raise ScenarioFailed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What a tester needs to know, and no traceback of ours."""
        from wallet.errors import PrepaidError
        from wallet.scenario.report.text import failure_text

        error = excinfo.value
        if isinstance(error, ScenarioFailed):
            failure = error.result.failure
            return error.result.reason if failure is None else failure_text(failure)
        if isinstance(error, PrepaidError):
            return _told(error)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, self.case.line - 1, self.case.title[0]


def _told(error: Any) -> str:
    return f"{error.message}\n→ {error.hint}" if error.hint else str(error.message)


def _shown(path: Path) -> str:
    """The path as the user would write it, where that is shorter."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return os.fspath(path)


@contextmanager
def _quiet() -> Iterator[None]:
    """Third parties' own deprecations are no business of the project whose pytest this is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
