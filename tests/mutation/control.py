"""Are the judges to be trusted? Slips that people made up by hand must be caught, a change that changes
nothing not.

That sound contracts pass is seen at the beginning of every run (`Runner.prepare`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from tests.contracts.broken.slips import SLIPS
from tests.mutation.judges import EARLY, LATE, Bench
from tests.mutation.run import Runner
from wallet.compiler.sources import OWN_PREFIX

CORE = f"{OWN_PREFIX}core/"
HARMLESS = (
    (
        "core/Ending.sol",
        "SubWallet",
        "refund = owed < held ? owed : held;",
        "refund = owed > held ? held : owed;",
    ),
    ("templates/Sessions.sol", "Sessions", "paid + given", "given + paid"),
)
"""(file, contract, text, text that does the same)."""
PLANTED = (
    (
        "core/Ending.sol",
        "SubWallet",
        "refund = owed < held ? owed : held;",
        "refund = owed < held ? owed : held - 1;",
    ),
    ("templates/Sessions.sol", "Sessions", "paid + given", "paid + given + 1"),
)
"""The same with a fen or a session gone astray."""


def control(runner: Runner, bench: Bench, say: Callable[[str], None]) -> int:
    """How many of these checks went wrong."""
    wrong = 0
    for name, file, contract, old, new, harmless in _changes(runner):
        source = runner.subject.sources.files[file]
        assert source.text.count(old) == 1, f"{file}: stands {source.text.count(old)} times: {old!r}"
        changed = runner.changed(file, source.text.replace(old, new).encode())
        made = {contract: partial(runner.quick, contract, changed)}
        judgement = bench.judge(file, "", made, EARLY)
        if not judgement.judge:
            judgement = bench.judge(file, "", made, LATE)
        fails = harmless == bool(judgement.judge)
        wrong += fails
        say(f"{'WRONG' if fails else 'right'} {name}: {judgement.test or 'not caught'}")
    return wrong


def _changes(runner: Runner) -> Iterator[tuple[str, str, str, str, str, bool]]:
    """(name, file, contract, old text, new text, whether it is harmless)."""
    for harmless, rows in ((True, HARMLESS), (False, PLANTED)):
        for file, contract, old, new in rows:
            name = f"{'no change' if harmless else 'planted'} in {file}"
            yield name, OWN_PREFIX + file, contract, old, new, harmless
    files = [each for name, each in runner.subject.sources.files.items() if name.startswith(CORE)]
    for slip in SLIPS:
        file = next(each.name for each in files if slip.old in each.text)
        yield slip.name, file, "SubWallet", slip.old, slip.new.replace("$", "true"), False
