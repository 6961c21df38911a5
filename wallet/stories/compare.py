"""The same story on several programmes: one run each, every one from the same beginning.

A programme whose source leaves something open is run under each reading, so that nothing is silently chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wallet.chain.base import Capability
from wallet.stories.report import Story
from wallet.stories.script import play
from wallet.stories.stage import staged
from wallet.systems.load import Preset, find_system, systems

if TYPE_CHECKING:
    from wallet.chain.base import Chain

OnStory = Callable[[int, int, str], None]
"""Told (done, total, label) as stories end."""


def chosen(wanted: Iterable[str]) -> list[Preset]:
    """The named programmes; none named: all that come along.

    A programme comes under each of its readings as well, and in each sector whose custody is another.
    """
    names = list(wanted)
    if names:
        return [find_system(name) for name in names]
    found = []
    for name in systems():
        preset, system = find_system(name), find_system(name).system
        apart = [one.key for one in system.sectors if "custody" in one.changes]
        keys = [*apart, *(reading.key for reading in system.readings)]
        found += [preset, *(preset.under(key) for key in keys)]
    return found


def compare(
    presets: Iterable[Preset], chain: Chain, *, language: str = "en", on_story: OnStory | None = None
) -> list[Story]:
    """Play the story once for each preset, on `chain`, which is put back afterwards where it can be."""
    presets, told = list(presets), []
    for number, preset in enumerate(presets, 1):
        with undone(chain), staged(preset, chain, language=language) as stage:
            told.append(play(stage))
        if on_story is not None:
            on_story(number, len(presets), preset.label)
    return told


@contextmanager
def undone(chain: Chain) -> Iterator[None]:
    """Put the chain back when the `with` ends, its time included; a chain that cannot goes on from there."""
    if Capability.SNAPSHOT not in chain.capabilities:
        yield
        return
    mark = chain.snapshot()
    try:
        yield
    finally:
        chain.revert(mark)
