"""The state folder `.prepaid/`: where it is, whether we can read it, and how to write in it safely.

Found upwards from the working folder, as git finds its own; `--home` and PREPAID_HOME name it outright. It
carries a schema number, so that an older program refuses a newer folder instead of misreading it. What the
files in it mean is their owners' business.
"""

from __future__ import annotations

import errno
import fcntl
import os
import tempfile
import time
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from wallet.errors import EnvironmentFault

FOLDER: Final = ".prepaid"
SCHEMA: Final = 1

_CONFIG: Final = f"""\
# Settings of this folder. `schema` tells which versions of the program can read it; leave it as it is.
schema = {SCHEMA}
"""


class HomeMissing(EnvironmentFault):
    """There is no state folder where we looked."""

    code = "home-missing"


class HomeUnreadable(EnvironmentFault):
    """The state folder is damaged, or written by a newer version."""

    code = "home-unreadable"


class FileUnwritable(EnvironmentFault):
    """A file cannot be written; what was there before is unchanged."""

    code = "file-unwritable"


class Busy(EnvironmentFault):
    """Another process holds a lock. `pid` is None when the holder left no number."""

    code = "busy"

    def __init__(self, path: Path, pid: int | None, waited: float) -> None:
        holder = f"process {pid}" if pid else "another process"
        super().__init__(
            f"{holder} holds {path} (waited {waited:g} s)",
            hint="let that command finish, or use a folder of its own with --home",
            pid=pid,
            path=str(path),
        )
        self.path = path
        self.pid = pid
        self.waited = waited


@dataclass(frozen=True, slots=True)
class Home:
    """The paths inside one state folder."""

    root: Path

    @property
    def config(self) -> Path:
        return self.root / "config.toml"

    @property
    def chains(self) -> Path:
        return self.root / "chains"

    @property
    def ledger(self) -> Path:
        return self.root / "ledger.sqlite"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def policy(self) -> Path:
        return self.root / "policy.toml"

    @property
    def deployments(self) -> Path:
        return self.root / "deployments"

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    @classmethod
    def locate(
        cls,
        explicit: Path | None = None,
        *,
        start: Path | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> Home | None:
        """Where the state folder is or, for a named one, would be; None if unnamed and nowhere upwards."""
        named = explicit or (Path(environ["PREPAID_HOME"]) if environ.get("PREPAID_HOME") else None)
        if named is not None:
            return cls(named.expanduser().absolute())
        begin = (start or Path.cwd()).absolute()
        for folder in (begin, *begin.parents):
            if (folder / FOLDER).is_dir():
                return cls(folder / FOLDER)
        return None

    @classmethod
    def find(
        cls,
        explicit: Path | None = None,
        *,
        start: Path | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> Home:
        """The existing, readable state folder. Raises HomeMissing or HomeUnreadable."""
        home = cls.locate(explicit, start=start, environ=environ)
        if home is None or not home.root.exists():
            where = (
                f"in {(start or Path.cwd()).absolute()} or above it" if home is None else f"at {home.root}"
            )
            raise HomeMissing(f"no state folder {where}", hint="`prepaid init` makes one here")
        home.settings()
        return home

    @classmethod
    def create(cls, root: Path) -> Home:
        """Make the folder if it is not there; an existing one is checked and kept. May be repeated."""
        home = cls(root.expanduser().absolute())
        if home.config.exists():
            home.settings()
        try:
            home.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (home.chains, home.keys, home.deployments, home.cache):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as cause:
            raise unwritable(home.root, cause) from cause
        if not (home.root / ".gitignore").exists():
            # Keys and chains are nobody else's; `git add .` must not pick them up.
            write_atomic(home.root / ".gitignore", "*\n")
        if not home.config.exists():
            write_atomic(home.config, _CONFIG)
        return home

    def settings(self) -> dict[str, Any]:
        """The contents of config.toml, once its schema is one we know. Raises HomeUnreadable."""
        try:
            read = tomllib.loads(self.config.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError) as cause:
            raise HomeUnreadable(
                f"{self.root} is not a state folder: it has no config.toml",
                hint="`prepaid init` completes it; or name another folder with --home",
                path=str(self.root),
            ) from cause
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
            raise HomeUnreadable(
                f"{self.config} cannot be read: {cause}",
                hint=f"mend the file, or let it consist of the one line `schema = {SCHEMA}`",
                path=str(self.config),
            ) from cause
        except OSError as cause:
            raise HomeUnreadable(
                f"{self.config} cannot be read: {cause.strerror}", path=str(self.config)
            ) from cause
        schema = read.get("schema")
        if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
            raise HomeUnreadable(
                f"{self.config} does not say its schema (found {schema!r})",
                hint=f"a folder of this version has the line `schema = {SCHEMA}`",
                path=str(self.config),
            )
        if schema > SCHEMA:
            raise HomeUnreadable(
                f"{self.root} was made by a newer version (schema {schema}; this one reads up to {SCHEMA})",
                hint="upgrade prepaid-lab, or use another folder with --home",
                path=str(self.config),
                schema=schema,
            )
        return read


class FileLock:
    """An exclusive lock between processes, held by an open file: a killed holder lets go of it.

    The file stays behind and keeps the last holder's process id, which is how others can name it.
    """

    def __init__(self, path: Path, wait: float = 10.0) -> None:
        self.path = path
        self.wait = wait
        self._file: int | None = None

    def acquire(self) -> Self:
        """Take the lock within `wait` seconds. Raises Busy, or FileUnwritable."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as cause:
            raise unwritable(self.path, cause) from cause
        give_up = time.monotonic() + self.wait
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as cause:
                if cause.errno not in (errno.EAGAIN, errno.EACCES):
                    os.close(file)
                    raise unwritable(self.path, cause) from cause
            if time.monotonic() >= give_up:
                holder = os.pread(file, 32, 0).strip()
                os.close(file)
                raise Busy(self.path, int(holder) if holder.isdigit() else None, self.wait)
            time.sleep(0.02)
        with suppress(OSError):  # a full disk must not keep anybody from reading
            os.ftruncate(file, 0)
            os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        self._file = file
        return self

    def release(self) -> None:
        """Let go. Harmless when not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def write_atomic(path: Path, content: bytes | str, mode: int = 0o600) -> None:
    """Replace `path` by `content`: afterwards it holds all of the new or all of the old, whatever happens.

    Raises FileUnwritable (disk full, no permission); the old content is then untouched.
    """
    data = content.encode() if isinstance(content, str) else content
    target = Path(os.path.realpath(path))
    temporary: Path | None = None
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
        temporary = Path(name)
        with os.fdopen(file, "wb") as out:
            out.write(data)
            out.flush()
            os.fchmod(out.fileno(), mode)
            os.fsync(out.fileno())
        temporary.replace(target)
        _sync_folder(target.parent)
    except OSError as cause:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise unwritable(path, cause) from cause


def unwritable(path: Path, cause: OSError) -> FileUnwritable:
    """The error for a write that failed, with the way out that fits its cause."""
    hints = {
        errno.ENOSPC: "the disk is full: make room and run the command again",
        errno.EFBIG: "a file-size limit stands in the way (ulimit -f): lift it and run the command again",
        errno.EDQUOT: "the disk quota is used up: make room and run the command again",
    }
    why = cause.strerror or str(cause)
    hint = hints.get(cause.errno or 0, "check the folder's permissions, or use another one with --home")
    return FileUnwritable(f"cannot write {path}: {why}", hint=hint, path=str(path))


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
