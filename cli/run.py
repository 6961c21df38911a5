"""One run of one command: call it, print its outcome, close what it opened."""

from __future__ import annotations

import os
import sys

from cli.messages import Messages
from cli.output import BROKEN_PIPE, Failure, Result, envelope, explain, failure_text
from cli.session import Session
from cli.text import harmless
from wallet.errors import PrepaidError


def run(words: list[str]) -> int:
    """Run `prepaid` with `words` and return the exit status."""
    _make_printable()
    try:
        status = _run(words)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Python flushes stdout once more at exit: give it somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE


def _run(words: list[str]) -> int:
    try:
        session = Session.start(words)
    except PrepaidError as error:
        session = Session(t=Messages("en"))
        return _fail(session, error, as_json="--json" in words)
    try:
        with session.exits:
            outcome = _call(session, words or ["--help"])
    except BrokenPipeError:
        raise
    except (Exception, KeyboardInterrupt) as error:
        return _fail(session, error)
    if isinstance(outcome, int):
        return outcome
    return _print(session, outcome)


def _call(session: Session, words: list[str]) -> Result | int:
    import typer
    from typer.exceptions import TyperException

    from cli.app import build, command_name
    from cli.usage import from_parser

    try:
        outcome = build(session.t).main(words, prog_name="prepaid", standalone_mode=False, obj=session)
    except TyperException as error:
        if getattr(error, "ctx", None) is not None:
            session.command = command_name(error.ctx)  # type: ignore[attr-defined]
        raise from_parser(error, session.t) from error
    except SystemExit as leaving:
        # The parser leaves this way when help or completion meets a closed pipe.
        if isinstance(leaving.__context__, BrokenPipeError):
            raise leaving.__context__ from None
        raise
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    if isinstance(outcome, Result):
        return outcome
    if outcome == 130:
        raise KeyboardInterrupt
    return outcome if isinstance(outcome, int) else 0


def _print(session: Session, result: Result) -> int:
    failure = explain(result.problem, session.t) if result.problem is not None else None
    if session.settings.json:
        print(envelope(session.command, result, failure))
    else:
        text = result.brief if session.settings.quiet and result.brief is not None else result.text
        if text:
            print(harmless(text, session.style))
        if failure is not None:
            _complain(session, failure)
    return failure.exit_status if failure is not None else 0


def _fail(session: Session, error: BaseException, *, as_json: bool = False) -> int:
    failure = explain(error, session.t)
    if failure.code == "bug" and os.environ.get("PREPAID_DEBUG"):
        import traceback

        traceback.print_exception(error)
    _report(session, failure, as_json or session.settings.json)
    return failure.exit_status


def _report(session: Session, failure: Failure, as_json: bool) -> None:
    if as_json:
        print(envelope(session.command, None, failure))
    else:
        sys.stdout.flush()
        _complain(session, failure)


def _complain(session: Session, failure: Failure) -> None:
    style = session.error_style
    print(harmless(failure_text(failure, session.t, style), style), file=sys.stderr)


def _make_printable() -> None:
    """A terminal that cannot show a character gets an escape instead of a crash."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
