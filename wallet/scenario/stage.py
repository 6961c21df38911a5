"""A platform made ready once, and put back to its beginning for every case.

Each case gets its own copy of the journal and of the supervision book, so that no case sees another and
nothing is ever "forgotten". Where a chain has no snapshots, every case gets a platform of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from wallet.chain.base import Capability, ChainError, Unsupported
from wallet.ledger import Recovery
from wallet.scenario.post import Post
from wallet.services.context import Context, open_context
from wallet.stories.stage import Stage as Platform
from wallet.systems.load import find_system

if TYPE_CHECKING:
    from wallet.chain.base import Chain
    from wallet.systems.load import Preset

START: Final = date(2030, 1, 1)
"""First day of every scenario, at noon in UTC+8; the next new year where the chain is past it."""
LEDGER, DEPLOYMENTS = "ledger.sqlite", "deployments"


@dataclass(slots=True)
class Ground:
    """What one case stands on: the stage with the case's own journal, the chain, and the folder of both."""

    stage: Platform
    post: Post
    folder: Path
    language: str
    lost: bool = False
    """Set when the case restarted the chain: its snapshots are gone with it."""

    def reopen(self) -> Recovery:
        """Close the journal and open it again, as the next command would: it is held against the chain."""
        self.stage.context.journal.close()
        self.stage.context, recovery = _open(self.post, self.folder, self.language)
        return recovery

    def close(self) -> None:
        self.stage.context.journal.close()


class Stage:
    """One chain for many cases: the system that the last case needed stays ready for the next one.

    Whoever has cases of several systems saves time by playing those of one system after one another.
    """

    def __init__(self, chain: Chain, seed: int = 1, *, language: str = "en") -> None:
        """Nothing happens yet; Unsupported where the chain's time cannot be moved."""
        if Capability.TIME_TRAVEL not in chain.capabilities:
            raise Unsupported("play scenarios", chain.name)
        self.chain, self.seed, self._language = chain, seed, language
        self._reverts = Capability.SNAPSHOT in chain.capabilities
        self._empty = chain.snapshot() if self._reverts else ""
        self._ready: tuple[str, Prepared] | None = None

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Throw away everything but the chain, which is its owner's."""
        if self._ready is not None:
            self._ready[1].close()
            self._ready = None

    @contextmanager
    def case(self, system: str) -> Iterator[Ground]:
        """The platform of a system (preset, preset/variant or file) at its beginning."""
        with ExitStack() as after:
            try:
                ground = after.enter_context(self._prepared(system).case())
            except ChainError as error:
                if error.error_code != "no-such-snapshot":
                    raise
                self._begin_anew()  # the node died under an earlier case, and came back without them
                ground = after.enter_context(self._prepared(system).case())
            try:
                yield ground
            finally:  # a case that this chain could not play to its end may have lost it all the same
                after.close()
                if ground.lost:
                    self._begin_anew()

    def _prepared(self, system: str) -> Prepared:
        if self._ready is None or self._ready[0] != system:
            preset = find_system(system)
            self.close()
            if self._reverts:
                self.chain.revert(self._empty)
            self._ready = system, Prepared(self.chain, preset, language=self._language)
        return self._ready[1]

    def _begin_anew(self) -> None:
        self.close()
        if Capability.RESET in self.chain.capabilities:
            self.chain.reset()
        self._empty = self.chain.snapshot() if self._reverts else ""


class Prepared:
    """One system on one chain. Use `case()` once for every case; close it in the end."""

    def __init__(self, chain: Chain, preset: Preset, *, language: str = "en") -> None:
        """Nothing happens yet."""
        self.chain, self.preset, self._language = chain, preset, language
        self._stage: Platform | None = None
        self._snapshot = ""
        self._passing = TemporaryDirectory(prefix="prepaid-scenario-")
        self._folder = Path(self._passing.name)
        self._count = 0

    def __enter__(self) -> Prepared:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Throw the folders away; the chain is its owner's."""
        self._passing.cleanup()

    @contextmanager
    def case(self) -> Iterator[Ground]:
        """The platform at its beginning, for as long as the `with` lasts."""
        self._count += 1
        folder = self._folder / f"case-{self._count}"
        post = Post(self.chain)
        if Capability.SNAPSHOT in self.chain.capabilities:
            stage = self._at_beginning()
            shutil.copytree(self._folder / "ready", folder)
            stage = stage.on(_open(post, folder, self._language)[0])
        else:
            stage = self._build(post, folder)
        ground = Ground(stage, post, folder, self._language)
        try:
            yield ground
        finally:
            ground.close()
            if ground.lost:
                self._stage = None
            shutil.rmtree(folder, ignore_errors=True)

    def _at_beginning(self) -> Platform:
        if self._stage is None:
            shutil.rmtree(self._folder / "ready", ignore_errors=True)
            self._stage = self._build(Post(self.chain), self._folder / "ready")
            self._stage.context.journal.close()
            self._snapshot = self.chain.snapshot()
        else:
            self.chain.revert(self._snapshot)
        return self._stage

    def _build(self, post: Post, folder: Path) -> Platform:
        folder.mkdir(parents=True)
        return Platform(_open(post, folder, self._language)[0], self.preset, start=START)


def _open(post: Post, folder: Path, language: str) -> tuple[Context, Recovery]:
    return open_context(
        post.chain,
        ledger=folder / LEDGER,
        deployments=folder / DEPLOYMENTS,
        language=language,
        durable=False,
    )
