"""A laboratory of its own for one command: thrown away afterwards, unless --home names one to keep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.session import Session


@contextmanager
def passing_home(session: Session, *, chain: str) -> Iterator[Path | None]:
    """A state folder on `chain` unless the options name another: the one of --home, or (None) one that lasts
    as long as the command and whatever runs in it."""
    from tempfile import TemporaryDirectory

    from wallet.chain import stop_chain
    from wallet.home import Home

    if session.settings.chain is None and session.settings.rpc is None:
        # Nothing need be running, whatever chain this machine usually works on.
        session.choose("chain", chain)
    if session.settings.home is not None:
        yield Home.create(session.settings.home).root
        return
    with TemporaryDirectory(prefix="prepaid-") as folder:
        home = Home.create(Path(folder) / ".prepaid")
        session.choose("home", home.root)
        try:
            yield None
        finally:
            session.exits.close()
            stop_chain(session.chain_spec(), home)
