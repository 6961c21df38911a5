"""Every backend, for the tests that all of them must pass, and real other processes."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))  # for `probe`, also under pytest's importlib mode

from wallet.chain.anvil import AnvilChain  # noqa: E402
from wallet.chain.anvil_process import AnvilMissing, find_anvil  # noqa: E402
from wallet.chain.base import Chain  # noqa: E402
from wallet.chain.eth_tester import EthTesterChain  # noqa: E402
from wallet.chain.hardhat import HardhatChain  # noqa: E402
from wallet.chain.hardhat_process import HardhatMissing, find_hardhat  # noqa: E402
from wallet.chain.revm import RevmChain  # noqa: E402
from wallet.chain.rpc import RpcChain  # noqa: E402

Run = Callable[..., "subprocess.Popen[str]"]


def _anvil_or_skip() -> None:
    try:
        find_anvil(ROOT)
    except AnvilMissing as missing:
        pytest.skip(f"{missing}: {missing.hint}")


@pytest.fixture(scope="session")
def shared_anvil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnvilChain]:
    """One anvil for all tests that do not harm it."""
    _anvil_or_skip()
    chain = AnvilChain(tmp_path_factory.mktemp("anvil"))
    yield chain
    chain.stop()


@pytest.fixture(scope="session")
def shared_hardhat() -> Iterator[HardhatChain]:
    """One hardhat node for all tests that do not harm it."""
    try:
        find_hardhat(ROOT)
    except HardhatMissing as missing:
        pytest.skip(f"{missing}: {missing.hint}")
    with HardhatChain() as chain:
        yield chain


@pytest.fixture
def own_anvil(tmp_path: Path) -> Iterator[Path]:
    """The folder of an anvil that a test may treat as it likes."""
    _anvil_or_skip()
    folder = tmp_path / "an vil"
    yield folder
    from wallet.chain.anvil import stop

    stop(folder)


@pytest.fixture(
    params=[
        "eth-tester",
        pytest.param("anvil", marks=pytest.mark.anvil),
        "revm",
        pytest.param("rpc", marks=pytest.mark.anvil),
        pytest.param("hardhat", marks=pytest.mark.hardhat),
    ]
)
def chain(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Chain]:
    """Each backend in turn, usable and on its own machine."""
    made: Chain
    if request.param == "eth-tester":
        made = EthTesterChain(tmp_path / "chain.sqlite")
    elif request.param == "revm":
        made = RevmChain()
    elif request.param == "hardhat":
        yield request.getfixturevalue("shared_hardhat")
        return
    else:
        anvil: AnvilChain = request.getfixturevalue("shared_anvil")
        if request.param == "anvil":
            yield anvil
            return
        assert anvil.endpoint is not None
        made = RpcChain(anvil.endpoint)
    with made:
        yield made


@pytest.fixture
def run() -> Iterator[Run]:
    """Starts a real Python process that has the library and `probe`; ends it after the test."""
    started: list[subprocess.Popen[str]] = []

    def start(source: str, *args: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(source), *map(str, args)],
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{HERE}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
