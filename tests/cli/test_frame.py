"""What holds for every command: start-up, envelopes, exit statuses, languages, signals and pipes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.app import COMMANDS, build
from cli.messages import LANGUAGES, Messages

if TYPE_CHECKING:
    from tests.cli.conftest import Run

Environment = Callable[..., dict[str, str]]

HEAVY = {"web3", "eth_account", "eth_abi", "eth_tester", "eth_utils", "eth_keys", "eth", "pydantic"}


def _imported(environment: dict[str, str], *args: str) -> set[str]:
    code = (
        "import sys; from cli.main import main; status = main(sys.argv[1:]);"
        "print('\\n'.join(sys.modules), file=sys.stderr); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *args], env=environment, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    return {line.partition(".")[0] for line in done.stderr.splitlines()}


@pytest.mark.parametrize("args", [("--help",), ("card", "--help"), ("card", "buy", "--help"), ("--version",)])
def test_help_imports_nothing_heavy(args: tuple[str, ...], clean_environment: Environment) -> None:
    """Asking for help must not pay for a chain library."""
    loaded = _imported(clean_environment(), *args)
    assert "typer" in loaded or args == ("--version",)
    assert not loaded & HEAVY


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_in_every_language(name: str, lang: str, call: Callable[..., Run]) -> None:
    """Each command, option and argument says what it is for."""
    import typer

    t = Messages(lang)
    root = build(t)
    command = root.get_command(typer.Context(root), name)
    for path, each in [(name, command), *((f"{name} {key}", sub) for key, sub in _below(command))]:
        assert each.help, path
        for param in each.params:
            assert param.help, f"{path}: {param.name} ({lang})"
    assert call(name, "--help", "--lang", lang).status == 0


def _below(command: object) -> list[tuple[str, object]]:
    found = []
    for name, child in getattr(command, "commands", {}).items():
        found.append((name, child))
        found += [(f"{name} {path}", each) for path, each in _below(child)]
    return found


def test_advice_names_commands_that_exist() -> None:
    """A way out that is no command is none: what messages and the README tell to type is there."""
    import typer

    root = build(Messages("en"))
    context = typer.Context(root)
    known = {name: root.get_command(context, name) for name in COMMANDS}
    folder = Path(__file__).resolve().parents[2]
    told = [
        folder / "README.md",
        *(folder / "cli" / "messages").glob("*.py"),
        folder / "wallet" / "home.py",
        *(
            path
            for part in ("chain", "compiler", "bindings", "ledger", "services", "signing")
            for path in (folder / "wallet" / part).glob("*.py")
        ),
    ]
    for path in told:
        for typed in re.findall(
            r"[`\n\"]\s*prepaid ([a-z]+(?: [a-z][a-z-]*)?(?: --[a-z-]+)?)", path.read_text("utf-8")
        ):
            first, _, rest = typed.partition(" ")
            command = known.get(first)
            if command is None and path.suffix == ".py":
                continue  # prose
            assert command is not None, f"{path}: prepaid {typed}"
            second = rest.partition(" ")[0]
            below = getattr(command, "commands", None)
            if below is not None and second and not second.startswith("-"):
                assert second in below, f"{path}: prepaid {typed}"


def test_no_arguments_show_help(prepaid: Callable[..., Run]) -> None:
    done = prepaid()
    assert done.status == 0
    assert "card" in done.out


@pytest.mark.parametrize(
    ("args", "command", "code"),
    [
        (("--json", "nonsense"), "", "usage"),
        (("card", "--json"), "card", "usage"),
        (("card", "show", "--json"), "card show", "usage"),
        (("card", "show", "--bogus", "x", "--json"), "card show", "usage"),
        (("--json", "--home"), "", "usage"),
        (("--json", "--lang", "fr", "card"), "", "invalid-language"),
        (("--json", "card", "show", "a", "b", "c"), "card show", "usage"),
    ],
)
def test_usage_errors_are_envelopes_too(
    args: tuple[str, ...], command: str, code: str, prepaid: Callable[..., Run]
) -> None:
    """A program that reads JSON gets JSON, whatever it did wrong."""
    done = prepaid(*args)
    assert done.status == 2
    assert done.envelope["command"] == command
    assert done.code == code
    assert done.err == ""
    assert done.envelope["error"]["hint"]


@pytest.mark.parametrize("args", [("nonsense",), ("card",), ("card", "show"), ("card", "show", "--bogus")])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_usage_errors_are_one_line_and_a_hint(
    args: tuple[str, ...], lang: str, call: Callable[..., Run]
) -> None:
    done = call(*args, "--lang", lang)
    assert done.status == 2
    assert done.out == ""
    error, hint = done.err.splitlines()
    assert error.startswith(Messages(lang)("error.prefix"))
    assert hint.startswith("  → ")


def test_a_near_miss_is_suggested(call: Callable[..., Run]) -> None:
    assert "card" in call("--json", "crad").envelope["error"]["hint"]


def test_global_options_stand_anywhere(call: Callable[..., Run]) -> None:
    """Before the command, between its words, and after it."""
    seen = {call(*args).code for args in (("--json", "card", "show"), ("card", "--json", "show"),
                                          ("card", "show", "--json"))}  # fmt: skip
    assert seen == {"usage"}


def test_an_unforeseen_failure_is_one_line(call: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback reaches a user; the code says whose fault it is; PREPAID_DEBUG shows more."""

    def broken(*_: object, **__: object) -> object:
        raise ZeroDivisionError("one / nothing\nsecond line")

    monkeypatch.setattr("cli.app.build", broken)
    done = call("doctor", "--json")
    assert (done.status, done.code) == (4, "bug")
    human = call("doctor")
    assert human.status == 4
    assert len(human.err.splitlines()) == 2
    assert "ZeroDivisionError: one / nothing" in human.err
    monkeypatch.setenv("PREPAID_DEBUG", "1")
    assert "Traceback" in call("doctor").err


def test_language_follows_the_environment(prepaid: Callable[..., Run]) -> None:
    assert "错误" in prepaid("nonsense", env={"PREPAID_LANG": "zh_CN.UTF-8"}).err
    assert "error" in prepaid("nonsense", "--lang", "en", env={"PREPAID_LANG": "zh"}).err
    assert prepaid("nonsense", env={"PREPAID_LANG": "tlh"}).status == 2


def test_a_terminal_without_unicode_still_gets_an_answer(prepaid: Callable[..., Run]) -> None:
    """An ASCII-only stream shows escapes instead of crashing."""
    done = prepaid("nonsense", "--lang", "zh", env={"PYTHONIOENCODING": "ascii"})
    assert done.status == 2
    assert "\\u9519" in done.err


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path, clean_environment: Environment) -> None:
    """`prepaid … | head -1` ends quietly."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "--version"], stdout=write, stderr=subprocess.PIPE,
        env=clean_environment(), cwd=tmp_path, timeout=60, check=False,
    )  # fmt: skip
    os.close(write)
    assert done.returncode == 141
    assert done.stderr == b""


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_interrupting_is_one_line(
    tmp_path: Path, clean_environment: Environment, told: signal.Signals
) -> None:
    """Ctrl-C, or being told to end, leaves with 130 and one line, wherever it strikes."""
    code = (
        "import sys, time, cli.app, cli.main\n"
        "cli.app.build = lambda t: time.sleep(60)\n"
        "sys.argv[1:] = ['card']\n"
        "sys.exit(cli.main.main())"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stderr=subprocess.PIPE, env=clean_environment(), cwd=tmp_path, text=True
    )
    time.sleep(0.8)
    process.send_signal(told)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.splitlines()[0] == "error: interrupted"
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("card s", {"show", "settle"}), ("ca", {"card"}), ("card show --js", {"--json"}), ("--la", {"--lang"})],
)
def test_shells_complete_commands_and_options(
    typed: str, offered: set[str], prepaid: Callable[..., Run]
) -> None:
    done = prepaid(
        env={
            "_PREPAID_COMPLETE": "complete_bash",
            "COMP_WORDS": f"prepaid {typed}",
            "COMP_CWORD": str(len(typed.split())),
        }
    )
    assert offered <= set(done.out.split())


def test_a_completion_script_is_printed(prepaid: Callable[..., Run]) -> None:
    done = prepaid("--show-completion", env={"SHELL": "/bin/bash"})
    assert "_PREPAID_COMPLETE" in done.out or done.status != 0  # no shell to detect without a parent shell
