"""Whatever goes wrong is said in Chinese too: every error raised anywhere, with the values it carries.

The sources are read, not run: each place that makes an error is found with its code and the names of the
values it gives, and must have a row in the table that needs no others.
"""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.messages import Messages
from cli.messages.errors import translated
from cli.messages.zh_errors import ERRORS, REASONS
from cli.messages.zh_what import WHAT
from cli.output import explain
from wallet.bindings.errors import BY_SELECTOR
from wallet.bindings.runtime import CustomError
from wallet.chain.errors import ChainBusy, Unsupported
from wallet.errors import EnvironmentFault, InvalidInput, PolicyRefusal
from wallet.home import Home
from wallet.money import check_fen, parse_yuan

if TYPE_CHECKING:
    from tests.cli.conftest import Run

ROOT = Path(__file__).resolve().parents[2]
ZH = Messages("zh")
ROOTS = {
    "PrepaidError", "ExpectationFailed", "InvalidInput", "ContractError", "UnknownRevert", "EnvironmentFault",
    "PolicyRefusal",
}  # fmt: skip
FOR_DEVELOPERS = ("wallet/bindings/generate.py",)  # makes source code; no person who uses it meets its errors
SAMPLES: dict[str, Any] = {"address": "0x" + "11" * 20, "string": "buyBy", "bool": True}


@dataclass(frozen=True)
class Site:
    """One place that makes an error: its code, and the values that it gives at least."""

    where: str
    code: str
    values: frozenset[str]


@dataclass
class Kind:
    """One class of errors, or a function that makes one: its code, and the values it adds by itself."""

    name: str
    code: str
    own: frozenset[str] = frozenset()
    place: int | None = None  # of the argument that is the code, if a caller names it


@dataclass
class Sources:
    """All modules of `wallet` and `cli` with the kinds of errors they define."""

    trees: dict[str, ast.Module] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Sources:
        found = cls()
        for folder in ("wallet", "cli"):
            for path in sorted((ROOT / folder).rglob("*.py")):
                name = str(path.relative_to(ROOT))
                if name not in FOR_DEVELOPERS and name != "wallet/bindings/errors.py":
                    found.trees[name] = ast.parse(path.read_text("utf-8"))
        nodes = (node for tree in found.trees.values() for node in ast.walk(tree))
        classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
        while found._learn(classes):
            pass
        return found

    def _learn(self, classes: list[ast.ClassDef]) -> bool:
        """Take in the subclasses of known kinds; whether there were new ones."""
        before = len(self.kinds)
        for node in classes:
            if node.name not in self.kinds:
                bases = [ast.unparse(base).split(".")[-1] for base in node.bases]
                parent = next((self.kinds[base] for base in bases if base in self.kinds), None)
                if parent is not None or node.name == "PrepaidError":
                    self.kinds[node.name] = _kind(node, parent)
        return len(self.kinds) > before

    def sites(self) -> Iterator[Site]:
        for name, tree in self.trees.items():
            makers = {**self.kinds, **_makers(tree, self.kinds)}
            names = _assigned(tree)
            for node in ast.walk(tree):
                if isinstance(node, ast.Call):
                    kind = makers.get(ast.unparse(node.func).split(".")[-1])
                    if kind is not None:
                        yield from _sites(node, kind, f"{name}:{node.lineno}", names)


def _kind(node: ast.ClassDef, parent: Kind | None) -> Kind:
    code, own = (parent.code, parent.own) if parent is not None else ("", frozenset())
    for item in ast.walk(node):
        if isinstance(item, ast.Assign | ast.AnnAssign):
            target = item.targets[0] if isinstance(item, ast.Assign) else item.target
            if ast.unparse(target) == "code" and isinstance(item.value, ast.Constant):
                code = str(item.value.value)
        if isinstance(item, ast.Call) and ast.unparse(item.func) == "super().__init__":
            own |= {word.arg for word in item.keywords if word.arg and word.arg not in ("hint", "detail")}
    return Kind(node.name, code, own)


def _makers(tree: ast.Module, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
    """Functions of a module that take a `code` and make an error of it."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and "code" in (names := [arg.arg for arg in node.args.args]):
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and ast.unparse(call.func) in kinds:
                    own = frozenset(word.arg for word in call.keywords if word.arg)
                    found[node.name] = Kind(node.name, "", own - {"code", "hint"}, names.index("code"))
    return found


def _assigned(tree: ast.Module) -> list[str]:
    """Every text that some variable called `code` is set to, alone or beside others."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=True))
                else:
                    pairs = [(target, node.value)]
                for place, value in pairs:
                    if isinstance(place, ast.Name) and place.id == "code" and isinstance(value, ast.Constant):
                        found.append(str(value.value))
    return found


def _sites(node: ast.Call, kind: Kind, where: str, names: list[str]) -> Iterator[Site]:
    words = {word.arg: word.value for word in node.keywords if word.arg}
    if _says_itself(node):
        return
    said = words.pop("code", None)
    if kind.place is not None:
        said = said or (node.args[kind.place] if len(node.args) > kind.place else None)
    codes = [kind.code] if said is None else names if isinstance(said, ast.Name) else _constants(said)
    values = kind.own | (words.keys() - {"hint", "detail"})
    for code in codes:
        yield Site(where, code, frozenset(values))


def _says_itself(node: ast.Call) -> bool:
    """Whether the message comes from the command line's own tables, or is made elsewhere."""
    first = ast.unparse(node.args[0]) if node.args else ""
    return re.match(r"(\w+\.)*t\(", first) is not None


def _constants(node: ast.expr) -> list[str]:
    """Every code that an expression can be; nothing for a name whose value comes from elsewhere."""
    if isinstance(node, ast.IfExp):
        return [*_constants(node.body), *_constants(node.orelse)]
    return [str(one.value) for one in ast.walk(node) if isinstance(one, ast.Constant) and one.value]


def needs(row: tuple[str, str]) -> set[str]:
    """The values that a row names."""
    blanks = [name for text in row for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    return {name.split("[")[0] for name in blanks}


@pytest.fixture(scope="module")
def sites() -> list[Site]:
    """Every place; read here and not when tests are collected, which each worker does."""
    return sorted(set(Sources.read().sites()), key=lambda site: (site.code, site.where))


def test_the_sources_were_understood(sites: list[Site]) -> None:
    """The reader finds what stands there, in each of the ways in which errors are made."""
    found = {(site.code, site.where.split(":")[0]) for site in sites}
    assert ("chain-busy", "wallet/chain/store.py") in found  # a class with values of its own
    assert ("over-draw", "wallet/signing/checks.py") in found  # a function that takes the code
    assert ("invalid-amount", "wallet/money.py") in found  # a code beside the message
    assert ("unknown-product", "wallet/services/publish.py") in found  # one of two codes
    assert len(sites) > 150
    drawn = next(site for site in sites if site.code == "over-draw")
    assert drawn.values == {"card", "capacity", "used_after"}


def test_every_error_has_chinese_words(sites: list[Site]) -> None:
    """Some row of its code needs no more than what the error carries there."""
    missing = [
        f"{site.where} raises {site.code}, for which there is no Chinese"
        if site.code not in ERRORS
        else f"{site.where}: no row for {site.code} makes do with {sorted(site.values)}"
        for site in sites
        if not any(needs(row) <= site.values for row in ERRORS.get(site.code, ()))
    ]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("kind", BY_SELECTOR.values(), ids=lambda kind: kind.name)
def test_every_custom_error_is_said_in_chinese(kind: type[CustomError]) -> None:
    """With the values it really carries; nothing is left in English."""
    error = kind(*(_sample(name) for name in kind.types.strip("()").split(",") if name))
    words = translated(error.error_code, error.values, ZH)
    assert words is not None, f"{kind.name} carries {sorted(error.values)}"
    assert all(_is_chinese(text) for text in words), words
    assert "{" not in "".join(words)


def test_what_contracts_name_in_errors_is_said_in_chinese() -> None:
    """The one value that is a word of theirs: which field of terms or rules, which limit."""
    named: set[str] = set()
    for path in (ROOT / "contracts").rglob("*.sol"):
        text = path.read_text("utf-8")
        named |= set(re.findall(r'_Terms?Invalid\(\s*"(\w+)"', text))
        named |= set(re.findall(r'_(?:Plan|Rules)Invalid\(\s*"(\w+)"', text))
        named |= set(re.findall(r'_require(?:AtMost|Rule|Within)\([^;]*?"(\w+)"', text))
    assert {"custodyBps", "triggers", "loss", "feeBps", "milestones"} <= named
    assert named - WHAT.keys() == set()
    said = translated("guarantor-beyond-limit", {"what": "loss", "asked": 5, "left": 4}, ZH)
    assert said is not None
    assert said[0] == "0.05 元超出限额（损失金额），尚余 0.04 元"


def _sample(kind: str) -> Any:
    if kind.startswith("uint"):
        return 1
    if kind.startswith("bytes"):
        return b"\x12" * (int(kind[5:]) if kind[5:] else 3)
    return SAMPLES[kind]


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def test_no_row_is_left_over(sites: list[Site]) -> None:
    """A code that nothing raises would be a translation nobody ever sees."""
    raised = {site.code for site in sites} | {kind.code for kind in BY_SELECTOR.values()}
    assert set(ERRORS) - raised == set()


def test_rows_are_chinese_with_a_way_out() -> None:
    """Each row has both parts; what stands after a row that always fits would never be read."""
    for code, rows in ERRORS.items():
        for number, row in enumerate(rows):
            assert _is_chinese(row[0]) or "{" in row[0], code
            assert row[1], code
            assert all(not needs(before) <= needs(row) for before in rows[:number]), (code, row)


def test_values_are_shown_as_people_read_them() -> None:
    """Fen as yuan, seconds as a time, a status in words; None counts as missing."""
    low = PolicyRefusal("m", code="refund-too-low", refund=97_693, min_refund=100_000)
    assert explain(low, ZH).message == "将退回 976.93 元，低于要求的 1000.00 元"
    late = {"deadline": 1_790_000_000, "now_at": 1_790_000_060}
    said = translated("sub-wallet-deadline-passed", late, ZH)
    assert said is not None
    assert said[0] == "已过有效期：2026-09-21 22:13 前有效，链上时间是 2026-09-21 22:14"
    short = translated("sub-wallet-card-not-open", {"card": "0x12", "status": 2}, ZH)
    assert short is not None
    assert "已终止" in short[0]
    assert "另一进程" in explain(ChainBusy(Path("/x"), None, 1.0), ZH).message
    assert "进程 7" in explain(ChainBusy(Path("/x"), 7, 1.0), ZH).message


def test_errors_of_one_code_that_differ_differ_in_chinese() -> None:
    """The row that fits is found by the values."""
    said = []
    for make in (
        lambda: parse_yuan("1e3", where="--price"),
        lambda: check_fen(0, where="--price"),
        lambda: check_fen(10**15, where="--price"),
    ):
        with pytest.raises(InvalidInput) as caught:
            make()
        said.append(explain(caught.value, ZH).message)
    assert said[0] == "--price：'1e3' 不是以元为单位的金额"
    assert said[1] == "--price：0.00 元不大于零"
    assert said[2].startswith("--price：10000000000000.00 元超过上限")


def test_english_and_what_has_no_row_stay_as_they_are() -> None:
    error = EnvironmentFault("as it is", hint="so", code="never-heard-of")
    for t in (ZH, Messages("en")):
        assert (explain(error, t).message, explain(error, t).hint) == ("as it is", "so")
    assert explain(Unsupported("fly", "revm"), Messages("en")).message == "the revm chain cannot fly"


def test_the_operating_systems_complaints(tmp_path: Path) -> None:
    """By number, since their words depend on the machine."""
    with pytest.raises(OSError, match="nothing") as caught:
        (tmp_path / "nothing").read_text()
    failure = explain(caught.value, ZH)
    assert (failure.code, failure.message) == ("file", f"{tmp_path / 'nothing'}：没有这个文件或文件夹")
    assert explain(OSError(12_345, "odd"), ZH).message == REASONS[0]


def test_home_errors_reach_a_person_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for place in (tmp_path / "nowhere", tmp_path / "empty"):
        with pytest.raises(EnvironmentFault) as caught:
            Home.find(place)
        assert _is_chinese(explain(caught.value, ZH).message)


@pytest.mark.parametrize(
    "words",
    [
        ["card", "show", "0xabcd"],
        ["card", "buy", "没有"],
        ["card", "charge", "zz", "30", "--number", "1"],
        ["account", "fund", "nobody", "1"],
        ["account", "fund", "alice", "1e3"],
        ["account", "fund", "0x1234", "1"],
        ["account", "recoverable", "show", "0x" + "11" * 20],
        ["account", "recoverable", "new", "alice", "--guardian", "alice"],
        ["account", "sweep"],
        ["card", "authorise", "nothing.json"],
        ["merchant", "approve", "bob"],
        ["product", "publish", "x", "--price", "0"],
        ["product", "publish", "x", "--price", "1", "--set", "nonsense"],
        ["product", "publish", "x", "--price", "1", "--set", "custody_bps=99999"],
        ["product", "publish", "x", "--price", "1", "--template", "Nothing"],
        ["card", "buy", "储值", "--method", "cash", "--yes"],
        ["card", "buy", "储值", "--as", "bob", "--yes"],
        ["card", "buy", "储值"],
        ["policy", "set", "--per-day", "x"],
        ["chain", "revert", "99"],
        ["chain", "load", "nothing.bin", "--yes"],
        ["chain", "advance", "1y"],
        ["compile", "nothing"],
        ["template", "register", "Nothing.sol"],
        ["--rpc", "ftp://x", "chain", "status"],
        ["--rpc", "http://127.0.0.1:1", "chain", "status"],
        ["--chain", "ganache", "chain", "status"],
        ["merchant", "tier", "示例口腔", "abc"],
        ["nonsense"],
        ["card", "show"],
        ["card", "show", "--nonsense"],
    ],
    ids=" ".join,
)
def test_a_person_reads_chinese(words: list[str], shop: Path, call: Callable[..., Run]) -> None:
    """Message and hint, as they stand on the screen."""
    done = call(*words, "--lang", "zh", "--json")
    error = done.envelope["error"]
    assert error is not None
    assert _is_chinese(error["message"]), error
    assert " is " not in error["message"] + error["hint"], error
    assert _is_chinese(error["hint"]), error
