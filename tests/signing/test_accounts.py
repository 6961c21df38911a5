"""Keystore files: ours open elsewhere and theirs here, they appear whole, and no password means no key."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from eth_account import Account as Theirs

from wallet.chain.base import DEV_ADDRESSES
from wallet.errors import EnvironmentFault, InvalidInput, PolicyRefusal
from wallet.signing import passwords
from wallet.signing.accounts import Keystore
from wallet.signing.dev import COUNT, MNEMONIC, dev_addresses, dev_signer

KEY = "11" * 32
LOW = 1 << 10


def password(_: str) -> str:
    """The password of every account here."""
    return "correct horse 电池"


@pytest.fixture
def store(tmp_path: Path) -> Keystore:
    """An empty keystore with a cheap key derivation."""
    return Keystore(tmp_path / "keys", cost=LOW)


def test_new_accounts_differ_and_open(store: Keystore) -> None:
    """What is made can be listed, found and opened."""
    first, second = store.new("alice", password), store.new("bob", password)
    assert first.address != second.address
    assert [account.name for account in store.accounts()] == ["alice", "bob"]
    assert store.find("bob") == store.find(second.address) == store.find(second.address.lower()) == second
    assert store.open("alice", password).address == first.address


def test_our_files_open_elsewhere(store: Keystore) -> None:
    """eth_account decrypts what we wrote."""
    account = store.import_key("alice", "0x" + KEY, password)
    assert Theirs.decrypt(account.path.read_text(), password("")).hex().removeprefix("0x") == KEY


@pytest.mark.parametrize("kdf", ["scrypt", "pbkdf2"])
def test_files_from_elsewhere_open_here(store: Keystore, tmp_path: Path, kdf: str) -> None:
    """Both key derivations of the format."""
    file = tmp_path / "theirs.json"
    file.write_text(json.dumps(Theirs.encrypt(KEY, password(""), kdf=kdf, iterations=1 << 10)))
    account = store.import_file("alice", file, password)
    assert account.address == Theirs.from_key(KEY).address
    assert store.open("alice", password).address == account.address


def test_a_wrong_password_is_said(store: Keystore) -> None:
    """Clear, with its own code, and naming the file."""
    account = store.new("alice", password)
    with pytest.raises(InvalidInput) as caught:
        store.open("alice", lambda _: "wrong")
    assert caught.value.error_code == "wrong-password"
    assert str(account.path) in caught.value.message
    assert "wrong" not in caught.value.hint


def test_files_are_private_and_whole(store: Keystore) -> None:
    """Mode 0600, nothing beside the file, and the key nowhere in clear."""
    path = store.import_key("alice", KEY, password).path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["alice.json"]
    assert KEY not in path.read_text()


def test_nothing_is_overwritten(store: Keystore) -> None:
    """Neither the name nor the key may exist already; the old file stays as it was."""
    path = store.import_key("alice", KEY, password).path
    before = path.read_bytes()
    for name, key in (("alice", "22" * 32), ("other", KEY)):
        with pytest.raises(InvalidInput) as caught:
            store.import_key(name, key, password)
        assert caught.value.error_code == "account-exists"
    assert path.read_bytes() == before
    assert len(store.accounts()) == 1


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    """Under a file-size limit the write fails with a clear error and no file appears."""
    script = f"""
import resource, signal
from pathlib import Path
from wallet.errors import EnvironmentFault
from wallet.signing.accounts import Keystore
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
folder = Path({str(tmp_path / "keys")!r})
try:
    Keystore(folder, cost={LOW}).new("alice", lambda _: "password")
except EnvironmentFault as error:
    print(error.error_code, sorted(folder.iterdir()))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["file-unwritable", "[]"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """A file where the folder should be."""
    (tmp_path / "keys").write_text("")
    with pytest.raises(EnvironmentFault) as caught:
        Keystore(tmp_path / "keys", cost=LOW).new("alice", password)
    assert caught.value.error_code == "file-unwritable"


@pytest.mark.parametrize("name", ["", "Alice", "../alice", "a b", "-a", "x" * 33, "a.json", "爱丽丝"])
def test_other_names_are_refused(store: Keystore, name: str) -> None:
    """Names are file names: short, lower case, no way out of the folder."""
    with pytest.raises(InvalidInput) as caught:
        store.new(name, password)
    assert caught.value.error_code == "invalid-account"


@pytest.mark.parametrize("key", ["", "11" * 31, "zz" * 32, "0x", "00" * 32, "ff" * 32])
def test_other_keys_are_refused(store: Keystore, key: str) -> None:
    """Wrong length, digits, or no number of the curve; the text is not repeated."""
    with pytest.raises(InvalidInput) as caught:
        store.import_key("alice", key, password)
    assert caught.value.error_code == "invalid-key"
    assert not key or key not in caught.value.message


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"address": 5}',
        '{"address": "' + "1" * 40 + '"}',
        '{"address": "12", "version": 3}',
    ],
)
def test_a_damaged_file_is_named(store: Keystore, content: str) -> None:
    """Truncated or altered: exit status 4, the file, no traceback."""
    path = store.new("alice", password).path
    path.write_text(content)
    with pytest.raises(EnvironmentFault, match=r"alice\.json") as caught:
        store.open("alice", password)
    assert caught.value.error_code == "keystore-damaged"


def test_a_swapped_address_is_noticed(store: Keystore) -> None:
    """The address in clear must be that of the key inside."""
    path = store.new("alice", password).path
    document = json.loads(path.read_text())
    document["address"] = "11" * 20
    path.write_text(json.dumps(document))
    with pytest.raises(EnvironmentFault, match="holds"):
        store.open("alice", password)


def test_costs_beyond_reason_are_refused(store: Keystore) -> None:
    """A file that asks for 64 GB of memory is damaged or hostile."""
    path = store.new("alice", password).path
    document = json.loads(path.read_text())
    document["crypto"]["kdfparams"]["n"] = 1 << 26
    path.write_text(json.dumps(document))
    with pytest.raises(EnvironmentFault, match="keystore"):
        store.open("alice", password)


def test_an_unknown_account_lists_the_known_ones(store: Keystore) -> None:
    """Also where there are none yet."""
    with pytest.raises(InvalidInput) as caught:
        store.find("alice")
    assert "none yet" in caught.value.hint
    store.new("bob", password)
    with pytest.raises(InvalidInput) as caught:
        store.find("0x" + "11" * 20)
    assert "bob" in caught.value.hint


def test_development_addresses_are_those_of_the_mnemonic() -> None:
    """Our derivation against eth_account's, and against what the chains fund."""
    Theirs.enable_unaudited_hdwallet_features()
    for index, address in enumerate(dev_addresses()):
        assert Theirs.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}").address == address
    assert dev_addresses()[: len(DEV_ADDRESSES)] == tuple(DEV_ADDRESSES)


@pytest.mark.parametrize(
    ("chain_id", "endpoint"),
    [
        (1, None),
        (1, "http://127.0.0.1:8545"),
        (31337, "http://example.com:8545"),
        (31337, "http://10.0.0.5:8545"),
        (31337, "http://127.0.0.1.example.com"),
        (31337, "nonsense"),
        (31337, ""),
    ],
)
def test_development_accounts_are_refused_elsewhere(chain_id: int, endpoint: str | None) -> None:
    """Both the chain id and the address must be local."""
    with pytest.raises(PolicyRefusal) as caught:
        dev_signer(0, chain_id=chain_id, endpoint=endpoint)
    assert caught.value.error_code == "dev-account-elsewhere"
    assert caught.value.exit_status == 5


@pytest.mark.parametrize(
    ("chain_id", "endpoint"),
    [(31337, None), (131277322940537, None), (31337, "http://localhost:8545"), (1337, "ws://[::1]:8545")],
)
def test_development_accounts_open_on_local_chains(chain_id: int, endpoint: str | None) -> None:
    """The embedded chains, and a node on this machine."""
    assert dev_signer(0, chain_id=chain_id, endpoint=endpoint).address == dev_addresses()[0]


@pytest.mark.parametrize("index", [-1, COUNT])
def test_development_accounts_are_numbered(index: int) -> None:
    """0 to 19."""
    with pytest.raises(InvalidInput):
        dev_signer(index, chain_id=31337, endpoint=None)


def test_a_development_key_cannot_be_imported(store: Keystore) -> None:
    """A file would make it look like a key of one's own."""
    key = Theirs.from_key("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
    with pytest.raises(PolicyRefusal) as caught:
        store.import_key("alice", key.key.hex(), password)
    assert caught.value.error_code == "public-key-known"


def test_passwords_come_from_file_environment_or_prompt(tmp_path: Path) -> None:
    """In this order; the first line of a file, without its line end."""
    file = tmp_path / "password"
    file.write_bytes("sésame\r\nrest".encode())
    asked: list[str] = []

    def ask(account: str) -> str:
        asked.append(account)
        return "typed"

    environment = {passwords.VARIABLE: "variable"}
    assert passwords.choose(environment, file=file, ask=ask)("alice") == "sésame"
    assert passwords.choose({passwords.FILE_VARIABLE: str(file)}, ask=ask)("alice") == "sésame"
    assert passwords.choose(environment, ask=ask)("alice") == "variable"
    assert asked == []
    assert passwords.choose({}, ask=ask)("alice") == "typed"
    assert asked == ["alice"]


def test_no_password_is_an_error(tmp_path: Path) -> None:
    """Nothing to ask, an empty answer, an empty or missing file."""
    empty = tmp_path / "empty"
    empty.write_text("\n")
    sources = [
        passwords.choose({}),
        passwords.from_prompt(lambda _: ""),
        passwords.from_file(empty),
        passwords.from_environment({passwords.VARIABLE: ""}),
    ]
    for source in sources:
        with pytest.raises(InvalidInput) as caught:
            source("alice")
        assert caught.value.error_code == "no-password"
    with pytest.raises(EnvironmentFault):
        passwords.from_file(tmp_path / "nothing")("alice")


def test_importing_an_account_module_is_cheap() -> None:
    """Nothing heavy is imported by the signing layer or by what `--help` touches."""
    script = (
        "import sys, wallet.signing.accounts, wallet.signing.sentence, wallet.signing.policy\n"
        "import wallet.exchange.qr\n"
        "heavy = {'web3', 'eth_account', 'eth_abi', 'eth_keys', 'coincurve', 'pydantic', 'segno'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True, env=os.environ
    )
    assert done.stdout.strip() == "[]"


def test_where_nobody_can_be_asked_every_way_to_give_a_password_is_named() -> None:
    """Nothing was set, so no variable is blamed."""
    with pytest.raises(InvalidInput) as caught:
        passwords.choose({})("wang")
    assert caught.value.error_code == "no-password"
    assert "variable" not in caught.value.message
    assert "--password-file" in caught.value.hint
