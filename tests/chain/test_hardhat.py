"""A hardhat node of our own, and the same node by its address: what it can do, and how it ends.

And, since this chain must be running for it: whether docs/chains.md has every backend's abilities right.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from probe import ALICE, BUMP, READ, STAMP, deploy, send

from wallet.bindings.abi import encode
from wallet.bindings.errors import AccessControlUnauthorizedAccount
from wallet.bindings.runtime import Call, ask, decode_revert
from wallet.chain import chain_status, discard_chain, open_chain, stop_chain
from wallet.chain.anvil import AnvilChain
from wallet.chain.base import CallRequest, Capability, Chain, Reverted, raise_if_reverted
from wallet.chain.eth_tester import EthTesterChain
from wallet.chain.hardhat import HardhatChain
from wallet.chain.hardhat_process import HardhatMissing, HardhatProcess, find_hardhat
from wallet.chain.revm import RevmChain
from wallet.chain.rpc import RpcChain
from wallet.errors import EnvironmentFault
from wallet.home import Home

pytestmark = pytest.mark.hardhat

PAGE = Path(__file__).resolve().parents[2] / "docs" / "chains.md"
LABORATORY = {Capability.SNAPSHOT, Capability.TIME_TRAVEL, Capability.MINE, Capability.SET_BALANCE}


def test_by_its_address_the_same_node_is_a_laboratory_too(shared_hardhat: HardhatChain) -> None:
    """What a node can do is found by asking, not by its name; another process may go back, once."""
    with RpcChain(shared_hardhat.endpoint or "") as chain:
        assert chain.capabilities >= LABORATORY
        assert Capability.TRACE not in chain.capabilities
        probe = deploy(chain)
        mark = chain.snapshot()
        send(chain, BUMP, probe)
        head = chain.advance(40 * 86_400)
        assert int.from_bytes(chain.call(CallRequest(probe, STAMP))) >= head.timestamp
    with RpcChain(shared_hardhat.endpoint or "") as other:
        other.revert(mark)
        assert int.from_bytes(other.call(CallRequest(probe, READ))) == 0
        assert other.now() < head.timestamp - 39 * 86_400


def test_a_contracts_error_is_typed_whichever_way_it_comes(shared_hardhat: HardhatChain) -> None:
    """From a call, an estimate and a mined transaction: the same error with its values."""
    probe = deploy(shared_hardhat)
    refusal = AccessControlUnauthorizedAccount.selector + encode("(address,bytes32)", (probe, b"\x07" * 32))
    request = CallRequest(probe, b"\x01" + refusal, ALICE.address)
    with pytest.raises(AccessControlUnauthorizedAccount) as caught:
        ask(shared_hardhat, Call(probe, request.data, "grant", bytes))
    assert (caught.value.account, caught.value.needed_role) == (probe, b"\x07" * 32)
    with pytest.raises(Reverted) as by_estimate:
        shared_hardhat.estimate_gas(request)
    receipt = send(shared_hardhat, request.data, probe)
    with pytest.raises(Reverted) as by_receipt:
        raise_if_reverted(shared_hardhat, receipt)
    for found in (by_estimate, by_receipt):
        assert isinstance(decode_revert(found.value.data), AccessControlUnauthorizedAccount)


def test_it_ends_with_whoever_started_it(
    shared_hardhat: HardhatChain, run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when that one is killed and can tidy up nothing; no file is left behind."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    child = run(
        """
        import sys
        from wallet.chain import open_chain
        with open_chain("hardhat") as chain:
            print(chain.pid, chain.endpoint, flush=True)
            sys.stdin.read()
        """
    )
    assert child.stdout is not None
    pid, url = child.stdout.readline().split()
    assert url != shared_hardhat.endpoint
    child.send_signal(signal.SIGKILL)
    give_up = time.monotonic() + 20
    while _runs(int(pid)):
        assert time.monotonic() < give_up, f"hardhat {pid} outlives its starter"
        time.sleep(0.05)
    assert not list(tmp_path.glob("hardhat-*"))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat")
        return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_it_is_nobodys_to_stop_or_discard(tmp_path: Path) -> None:
    """It is gone with the process that opened it, so there is nothing to look after."""
    home = Home.create(tmp_path / ".prepaid")
    status = chain_status("hardhat", home)
    assert (status.kept, status.pid) == (False, None)
    assert not stop_chain("hardhat", home)
    discard_chain("hardhat", home)


def test_without_hardhat_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wallet.chain.hardhat_process._PROGRAM", "node_modules/no-such-hardhat/cli.js")
    with pytest.raises(HardhatMissing, match="not installed") as caught:
        open_chain("hardhat")
    assert "npm install" in caught.value.hint
    assert caught.value.exit_status == 4


def test_a_start_that_fails_says_why_and_leaves_nothing(
    shared_hardhat: HardhatChain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here: an installation that is damaged."""
    program = tmp_path / find_hardhat().relative_to(find_hardhat().parents[4])
    program.parent.mkdir(parents=True)
    program.write_text("throw new Error('half of me is missing')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with pytest.raises(EnvironmentFault, match="half of me is missing") as caught:
        HardhatProcess()
    assert caught.value.error_code == "hardhat-start"
    assert not list(tmp_path.glob("hardhat-*"))
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(HardhatMissing, match="node is not installed"):
        HardhatProcess()


def _table() -> dict[str, dict[str, str]]:
    """Capability -> chain -> what the page says."""
    rows = [line.strip("| \n").split(" | ") for line in PAGE.read_text("utf-8").splitlines() if "|" in line]
    (head,) = [row for row in rows if row[0] == "eth-tester"]
    names = [cell.strip() for cell in head]
    known = {row[0]: row[1:] for row in rows if row[0] in Capability.__members__}
    return {
        name: dict(zip(names, (cell.strip() for cell in cells), strict=True)) for name, cells in known.items()
    }


def test_the_page_lists_every_ability_as_the_code_has_it(shared_hardhat: HardhatChain) -> None:
    table = _table()
    assert set(table) == set(Capability.__members__)
    kinds: list[Chain | type] = [EthTesterChain, AnvilChain, RevmChain, RpcChain, shared_hardhat]
    for kind in kinds:
        can = {one.name for one in kind.capabilities}
        for name, said in table.items():
            if kind is RpcChain and Capability[name] in {*LABORATORY, Capability.TRACE}:
                assert said["rpc"] == "asked"
            else:
                assert said[kind.name] == ("yes" if name in can else "–"), (kind, name)
