"""Choosing a chain by name, and looking after it without opening it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from probe import deploy

from wallet.chain import chain_status, discard_chain, open_chain, stop_chain
from wallet.chain.base import ChainBusy, ChainOptions, StateDamaged, Unsupported, is_local_chain
from wallet.errors import InvalidInput
from wallet.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.create(tmp_path / ".prepaid")


@pytest.mark.parametrize(
    "spec", ["", "geth", "rpc", "rpc:", "anvil:8545", "http://127.0.0.1:1", "eth_tester"]
)
def test_refuses_what_is_no_chain(home: Home, spec: str) -> None:
    with pytest.raises(InvalidInput, match="is not a chain") as caught:
        open_chain(spec, home)
    assert "eth-tester, anvil, revm, hardhat and rpc:URL" in caught.value.hint


def test_what_is_wrong_with_a_spec_shows_no_secret(home: Home) -> None:
    with pytest.raises(InvalidInput) as caught:
        open_chain("anvil:http://me:secret@host", home)
    assert "secret" not in caught.value.message


def test_the_embedded_chain_lives_in_the_home(home: Home) -> None:
    assert not chain_status("eth-tester", home).kept
    with open_chain("eth-tester", home) as chain:
        probe = deploy(chain)
        status = chain_status("eth-tester", home)
        assert status.kept
        assert status.pid is not None
        with pytest.raises(ChainBusy):
            discard_chain("eth-tester", home, lock_wait=0)
    with open_chain("eth-tester", home) as chain:
        assert chain.code(probe)
    assert chain_status("eth-tester", home).pid is None
    assert not stop_chain("eth-tester", home)


def test_a_damaged_chain_can_be_discarded(home: Home) -> None:
    open_chain("eth-tester", home).close()
    (home.chains / "eth-tester.sqlite").write_bytes(b"broken")
    with pytest.raises(StateDamaged):
        open_chain("eth-tester", home)
    discard_chain("eth-tester", home)
    with open_chain("eth-tester", home) as chain:
        assert chain.head().number == 0


@pytest.mark.anvil
def test_anvil_is_seen_stopped_and_discarded(home: Home, shared_anvil: object) -> None:
    with pytest.raises(InvalidInput, match="state folder"):
        open_chain("anvil")
    assert not chain_status("anvil", home).kept
    with open_chain("anvil", home) as chain:
        identity = chain.identity()
    try:
        status = chain_status("anvil", home)
        assert status.pid
        assert status.place == chain.endpoint
        assert stop_chain("anvil", home)
        assert chain_status("anvil", home).kept
        assert chain_status("anvil", home).pid is None
        discard_chain("anvil", home)
        with open_chain("anvil", home) as chain:
            assert chain.identity() != identity
            url = chain.endpoint
            with open_chain(f"rpc:{url}", home) as same:
                assert same.identity() == chain.identity()
    finally:
        stop_chain("anvil", home)


def test_a_node_is_not_ours_to_reset(home: Home) -> None:
    with pytest.raises(Unsupported):
        discard_chain("rpc:http://127.0.0.1:1", home)
    assert chain_status("rpc:http://me:secret@127.0.0.1:1/key", home).place == "http://127.0.0.1:1"


def test_opening_revm_imports_no_other_backend(run: Any) -> None:
    child = run(
        """
        import sys
        from wallet.chain import open_chain
        with open_chain("revm") as chain:
            chain.head()
        print(sorted({"web3", "eth", "eth_tester", "eth_account", "eth_utils"} & set(sys.modules)))
        """
    )
    out, err = child.communicate(timeout=30)
    assert out.strip() == "[]", err


@pytest.mark.parametrize(
    ("chain_id", "endpoint", "local"),
    [
        (31337, None, True),
        (31337, "http://127.0.0.1:8545", True),
        (31337, "http://localhost", True),
        (31337, "http://[::1]:8545", True),
        (31337, "http://10.0.0.5:8545", False),
        (31337, "http://localhost.example.com", False),
        (1, "http://127.0.0.1:8545", False),
        (1, None, False),
        (131277322940537, None, True),
    ],
)
def test_local_needs_both_id_and_address(chain_id: int, endpoint: str | None, local: bool) -> None:
    assert is_local_chain(chain_id, endpoint) is local


def test_options_reach_the_backend(tmp_path: Path) -> None:
    options = ChainOptions(genesis_time=1_600_000_000, clock="steps")
    for spec in ("eth-tester", "revm"):
        with open_chain(spec, None, options) as chain:
            assert chain.head().timestamp == 1_600_000_000
            assert chain.mine(2).timestamp == 1_600_000_002
    assert sys.modules["wallet.chain.eth_tester"]
