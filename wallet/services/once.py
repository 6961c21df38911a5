"""What was begun once is not begun again unasked.

After a failure or a kill people repeat their command. Recovery has just finished what the first try had
written down, so the repetition would pay a second time: it is refused, and says what has become of the first.
"""

from __future__ import annotations

from wallet.errors import EnvironmentFault
from wallet.ledger import State, Transaction


class BegunBefore(EnvironmentFault):
    """An earlier command began the same and did not see its end; this one did nothing."""

    code = "begun-before"

    def __init__(self, what: str, earlier: Transaction) -> None:
        waits = earlier.state is State.SENT
        outcome = "is still under way" if waits else "has just been finished"
        super().__init__(
            f"{what}, begun by an earlier command, {outcome}; nothing was done a second time",
            hint="wait for it" if waits else "look at it; repeat the command only if you want another",
            transaction="0x" + earlier.hash.hex(),
            what=what,
        )
