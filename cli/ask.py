"""Questions to the person at the keyboard: yes or no, and passwords. Never from argv.

Where nobody can answer (a pipe, `--json`), a question is a clear error that names the option to use instead.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cli.session import Session
from wallet.errors import InvalidInput, PolicyRefusal

PASSWORD_VARIABLE = "PREPAID_PASSWORD"  # noqa: S105 (the variable's name)


def somebody_there(session: Session) -> bool:
    """Whether a question would be seen and could be answered."""
    return not session.settings.json and sys.stdin.isatty() and sys.stderr.isatty()


def confirm(session: Session, question: str, *, yes: bool) -> None:
    """Return if the answer is yes (or `--yes` said so); PolicyRefusal `not-confirmed` otherwise."""
    if yes:
        return
    t = session.t
    if not somebody_there(session):
        raise PolicyRefusal(t("ask.nobody", question=question), hint=t("ask.use-yes"), code="not-confirmed")
    print(f"{question} {t('ask.choice')} ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes", "是", "好"):
        raise PolicyRefusal(t("ask.declined"), hint=t("ask.declined-hint"), code="not-confirmed")


def password(session: Session, file: Path | None, *, whose: str, twice: bool = False) -> str:
    """The password for account `whose`: first line of `file`, else the variable, else asked for.

    `twice` asks again to catch slips (for a new one). Raises InvalidInput `no-password`.
    """
    t = session.t
    if file is not None:
        return _from_file(session, file)
    if PASSWORD_VARIABLE in os.environ:
        return os.environ[PASSWORD_VARIABLE]
    if not somebody_there(session):
        hint = t("password.how", variable=PASSWORD_VARIABLE)
        raise InvalidInput(t("password.missing", whose=whose), hint=hint, code="no-password")
    from getpass import getpass

    first = getpass(f"{t('password.ask', whose=whose)} ", stream=sys.stderr)
    if twice and getpass(f"{t('password.again')} ", stream=sys.stderr) != first:
        raise InvalidInput(t("password.differ"), hint=t("password.differ-hint"), code="no-password")
    return first


def _from_file(session: Session, file: Path) -> str:
    lines = file.read_text("utf-8").splitlines()
    if not lines or not lines[0]:
        message = session.t("password.empty-file", file=file)
        raise InvalidInput(message, hint=session.t("password.empty-file-hint"), code="no-password")
    return lines[0]


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
        tty.setcbreak(descriptor)
        if sys.stdin.read(1) in ("\x03", "q"):
            raise KeyboardInterrupt
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
