"""Questions to the person at the keyboard: yes or no, and passwords. Never from argv.

Where nobody can answer (a pipe, `--json`), a question is a clear error that names the option to use instead.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cli.session import Session
from wallet.errors import InvalidInput, PolicyRefusal

if TYPE_CHECKING:
    from wallet.signing.passwords import PasswordSource
    from wallet.signing.policy import Reason, Verdict


def somebody_there(session: Session) -> bool:
    """Whether a question would be seen and could be answered."""
    return not session.settings.json and sys.stdin.isatty() and sys.stderr.isatty()


def confirm(session: Session, statement: str, *, yes: bool) -> None:
    """Show `statement` and return if the answer is yes, or `--yes` said so before.

    Raises PolicyRefusal `not-confirmed` otherwise, also where nobody is there to answer.
    """
    t = session.t
    if not yes and not somebody_there(session):
        raise PolicyRefusal(t("ask.nobody", question=statement), hint=t("ask.use-yes"), code="not-confirmed")
    with session.hushed():
        if not session.settings.json:
            # What somebody is asked to agree to is shown whatever --quiet says.
            (session.note if yes else session.tell)(statement)
        if yes:
            return
        print(f"{t('ask.agreed')} {t('ask.choice')} ", end="", file=sys.stderr, flush=True)
        answer = sys.stdin.readline().strip().lower()
    if answer not in ("y", "yes", "是", "好"):
        raise PolicyRefusal(t("ask.declined"), hint=t("ask.declined-hint"), code="not-confirmed")


def confirm_use(
    session: Session, sentence: str, verdict: Verdict, *, yes: bool
) -> Callable[[tuple[Reason, ...]], bool]:
    """Ask whether to sign what `sentence` says; a refusal by the policy comes before any question.

    What is returned puts the policy's reasons to the person when it is signed.
    """

    def also(reasons: tuple[Reason, ...]) -> bool:
        told = "; ".join(one.text for one in reasons)
        confirm(session, session.t("card.policy-asks", reasons=told), yes=yes)
        return True

    verdict.require(lambda reasons: True)
    confirm(session, sentence, yes=yes)
    return also


def password_source(session: Session, file: Path | None, *, twice: bool = False) -> PasswordSource:
    """A file, the environment, or a prompt where somebody is there; `twice` asks again to catch slips."""
    from wallet.signing.passwords import choose

    def prompt(whose: str) -> str:
        from getpass import getpass

        t = session.t
        with session.hushed():
            first = getpass(f"{t('password.ask', whose=whose)} ", stream=sys.stderr)
            again = getpass(f"{t('password.again')} ", stream=sys.stderr) if twice else first
        if again != first:
            raise InvalidInput(t("password.differ"), hint=t("password.differ-hint"), code="no-password")
        return first

    return choose(os.environ, file=file, ask=prompt if somebody_there(session) else None)


def key_press(session: Session) -> None:
    """Wait for Enter, or for any key where the terminal allows it; return at once where nobody is there."""
    if not somebody_there(session):
        return
    try:
        import termios
        import tty
    except ImportError:
        sys.stdin.readline()
        return
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        # Not the default TCSAFLUSH: it would throw away a key that was pressed a moment too early.
        tty.setcbreak(descriptor, termios.TCSADRAIN)
        if os.read(descriptor, 1) in (b"\x03", b"\x04", b"q", b""):
            raise KeyboardInterrupt
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
