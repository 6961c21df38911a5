"""The state folder: found upwards, versioned, locked between processes, and never half written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from wallet.home import Busy, FileLock, FileUnwritable, Home, HomeMissing, HomeUnreadable, write_atomic

ROOT = Path(__file__).resolve().parents[1]


def run(source: str, *args: object) -> subprocess.Popen[str]:
    """A real other process with the library on its path."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(source), *map(str, args)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_is_found_upwards_from_the_working_folder(tmp_path: Path) -> None:
    """Any folder below the one with `.prepaid/` belongs to it, as with git."""
    made = Home.create(tmp_path / ".prepaid")
    below = tmp_path / "a" / "b c"
    below.mkdir(parents=True)
    assert Home.find(start=below, environ={}) == made
    assert Home.locate(start=tmp_path.parent, environ={}) != made


def test_a_named_folder_wins_over_the_environment_and_the_search(tmp_path: Path) -> None:
    Home.create(tmp_path / ".prepaid")
    by_name, by_variable = Home.create(tmp_path / "named"), Home.create(tmp_path / "var")
    environ = {"PREPAID_HOME": str(tmp_path / "var")}
    assert Home.find(tmp_path / "named", start=tmp_path, environ=environ) == by_name
    assert Home.find(start=tmp_path, environ=environ) == by_variable


def test_none_anywhere_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(HomeMissing) as caught:
        Home.find(tmp_path / "nowhere", environ={})
    assert "prepaid init" in caught.value.hint
    assert str(tmp_path / "nowhere") in caught.value.message


def test_create_keeps_what_is_there_and_completes_what_is_not(tmp_path: Path) -> None:
    """`init` twice changes nothing; an init that was killed before it wrote its config is completed."""
    home = Home.create(tmp_path / "h")
    (home.keys / "a.json").write_text("{}")
    home.config.write_text("schema = 1\nlanguage = 'zh'\n")
    assert Home.create(tmp_path / "h").settings() == {"schema": 1, "language": "zh"}
    assert (home.keys / "a.json").read_text() == "{}"
    home.config.unlink()
    with pytest.raises(HomeUnreadable, match=r"no config\.toml"):
        Home.find(home.root)
    assert Home.create(home.root).settings() == {"schema": 1}


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ("schema = 2", "newer version"),
        ("schema = ", "cannot be read"),
        ("", "does not say its schema"),
        ("schema = '1'", "does not say its schema"),
        ("schema = true", "does not say its schema"),
        ("schema = 0", "does not say its schema"),
        ("\x00\x01\x02", "cannot be read"),
    ],
)
def test_a_foreign_or_broken_config_is_refused_by_name(tmp_path: Path, config: str, says: str) -> None:
    home = Home.create(tmp_path / "h")
    home.config.write_text(config)
    with pytest.raises(HomeUnreadable, match=says) as caught:
        Home.find(home.root)
    assert str(home.root) in caught.value.message
    assert caught.value.hint
    with pytest.raises(HomeUnreadable):
        Home.create(home.root)


def test_keys_are_kept_from_others_and_from_git(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "h")
    assert home.root.stat().st_mode & 0o077 == 0
    assert (home.root / ".gitignore").read_text() == "*\n"


def test_write_atomic_replaces_and_sets_the_mode(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "f"
    write_atomic(path, "one")
    write_atomic(path, b"two", mode=0o644)
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(path.parent.iterdir()) == [path]


def test_write_atomic_writes_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_atomic(tmp_path / "link", "new")
    assert (tmp_path / "real").read_text() == "new"
    assert (tmp_path / "link").is_symlink()


def test_a_full_disk_leaves_the_old_content(tmp_path: Path) -> None:
    """With a real file-size limit: the error names the file, the old content stays, no litter remains."""
    path = tmp_path / "f"
    write_atomic(path, "old")
    child = run(
        """
        import resource, sys
        from pathlib import Path
        from wallet.home import FileUnwritable, write_atomic
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            write_atomic(Path(sys.argv[1]), "x" * 100_000)
        except FileUnwritable as e:
            print(e, "|", e.hint)
        """,
        path,
    )
    out, err = child.communicate(timeout=20)
    assert str(path) in out, err
    assert "file-size limit" in out
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_kill_while_writing_leaves_all_of_one_version(tmp_path: Path) -> None:
    """A writer killed with SIGKILL at several moments never leaves a mixture."""
    path = tmp_path / "f"
    for delay in (0.0, 0.01, 0.05):
        child = run(
            """
            import sys
            from pathlib import Path
            from wallet.home import write_atomic
            print("ready", flush=True)
            while True:
                for letter in "ab":
                    write_atomic(Path(sys.argv[1]), letter * 3_000_000)
            """,
            path,
        )
        assert child.stdout is not None
        child.stdout.readline()
        while not path.exists():
            time.sleep(0.005)
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        content = path.read_bytes()
        assert len(content) == 3_000_000
        assert len(set(content)) == 1


def test_an_unwritable_folder_is_an_error_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileUnwritable) as caught:
        write_atomic(tmp_path / "file" / "below", "x")
    assert caught.value.hint
    with pytest.raises(FileUnwritable):
        Home.create(tmp_path / "file" / "home")


def test_a_lock_names_its_holder_and_falls_with_it(tmp_path: Path) -> None:
    """The second waits as long as it says, names the first's process, and gets in once that is killed."""
    lock = tmp_path / "lock"
    child = run(
        """
        import sys, time
        from pathlib import Path
        from wallet.home import FileLock
        with FileLock(Path(sys.argv[1])):
            print("held", flush=True)
            time.sleep(60)
        """,
        lock,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    began = time.monotonic()
    with pytest.raises(Busy, match=rf"process {child.pid} holds .*waited 0\.3 s") as caught:
        FileLock(lock, wait=0.3).acquire()
    assert 0.25 < time.monotonic() - began < 3
    assert caught.value.pid == child.pid
    child.send_signal(signal.SIGKILL)
    child.communicate()
    with FileLock(lock, wait=2):
        assert lock.read_text() == f"{os.getpid()}\n"


def test_a_lock_is_exclusive_within_one_process_too(tmp_path: Path) -> None:
    with FileLock(tmp_path / "lock"), pytest.raises(Busy, match=f"process {os.getpid()}"):
        FileLock(tmp_path / "lock", wait=0).acquire()
    FileLock(tmp_path / "lock", wait=0).acquire().release()
