"""A user's folder of templates: compiled once, then from the cache; faults named by file and line."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wallet.compiler import (
    SOLC_LONG_VERSION,
    CompileError,
    Compiler,
    compile_folder,
    find_compiler,
    load_artefact,
    template_names,
    template_source,
)
from wallet.compiler.compile import compile_sources
from wallet.compiler.sources import SourceSet, collect, package_sources
from wallet.errors import InvalidInput

ADDER = """// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;
import {twice} from "./lib/Twice.sol";
contract Adder { function run(uint256 a) external pure returns (uint256) { return twice(a) + 1; } }
"""
TWICE = """// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;
function twice(uint256 a) pure returns (uint256) { return 2 * a; }
"""
ALONE = """// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;
contract Alone { uint256 public immutable N; constructor(uint256 n) { N = n; } }
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "my rules"
    (folder / "lib").mkdir(parents=True)
    (folder / "Adder.sol").write_text(ADDER)
    (folder / "lib" / "Twice.sol").write_text(TWICE)
    (folder / "Alone.sol").write_text(ALONE)
    return folder


class Launches:
    """Finds the real compiler and counts how often it was wanted."""

    def __init__(self, solc: Path) -> None:
        self.solc = solc
        self.count = 0

    def __call__(self) -> Compiler:
        self.count += 1
        return find_compiler(explicit=self.solc)


@pytest.fixture
def launches(solc: Path) -> Launches:
    return Launches(solc)


def never() -> Compiler:
    raise AssertionError("a compiler was looked for")


def test_unchanged_sources_start_no_compiler(project: Path, tmp_path: Path, launches: Launches) -> None:
    cache = tmp_path / "cache"
    first = compile_sources(collect(project), launches, cache=cache)
    again = compile_sources(collect(project), never, cache=cache)
    assert first.artefacts == again.artefacts
    assert first.compiler is not None
    assert again.compiler is None
    assert again.compiled == ()
    assert set(again.reused) == {"Adder.sol", "Alone.sol", "lib/Twice.sol"}


def test_unchanged_sources_compile_without_any_compiler_installed(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, solc: Path
) -> None:
    """The same through the public function, on a machine that lost its compiler."""
    before = compile_folder(project, cache=tmp_path / "cache", solc=solc)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("SOLCX_BINARY_PATH", str(tmp_path))
    after = compile_folder(project, cache=tmp_path / "cache", solc=tmp_path / "no such solc", download=False)
    assert after.artefacts == before.artefacts


def test_moved_sources_start_no_compiler(project: Path, tmp_path: Path, launches: Launches) -> None:
    """Content decides, not time or place."""
    compile_sources(collect(project), launches, cache=tmp_path / "cache")
    (project / "Adder.sol").write_text(ADDER)
    elsewhere = project.rename(tmp_path / "elsewhere")
    compile_sources(collect(elsewhere), never, cache=tmp_path / "cache")


def test_a_change_compiles_only_what_it_reaches(project: Path, tmp_path: Path, launches: Launches) -> None:
    old = compile_sources(collect(project), launches, cache=tmp_path / "cache")
    (project / "lib" / "Twice.sol").write_text(TWICE.replace("2 * a", "a + a + a"))
    new = compile_sources(collect(project), launches, cache=tmp_path / "cache")
    assert launches.count == 2
    assert set(new.compiled) == {"Adder.sol", "lib/Twice.sol"}
    assert new.reused == ("Alone.sol",)
    assert new.artefact("Adder").runtime != old.artefact("Adder").runtime
    assert new.artefact("Alone") == old.artefact("Alone")


def test_a_damaged_cache_entry_is_compiled_again(project: Path, tmp_path: Path, launches: Launches) -> None:
    cache = tmp_path / "cache"
    sources = collect(project, only=[project / "Alone.sol"])
    good = compile_sources(sources, launches, cache=cache)
    (entry,) = cache.glob("*.json")
    whole = entry.read_bytes()
    damages = (whole[: len(whole) // 2], b"", whole.replace(b"6080", b"6081", 1), b"\xff\xfe\x00", None)
    for count, damage in enumerate(damages, start=2):
        entry.write_bytes(damage) if damage is not None else entry.unlink()
        again = compile_sources(sources, launches, cache=cache)
        assert (launches.count, again.compiled) == (count, ("Alone.sol",))
        assert again.artefacts == good.artefacts
        assert entry.read_bytes() == whole


def test_a_cache_that_cannot_be_written_costs_speed(project: Path, tmp_path: Path) -> None:
    """With npm's compiler too, whose script is kept there."""
    (tmp_path / "cache").write_text("a file where the folder should be")
    sources = collect(project, only=[project / "Alone.sol"])
    done = compile_sources(sources, lambda: find_compiler(download=False), cache=tmp_path / "cache")
    assert done.artefact("Alone").bytecode


def test_a_disk_that_is_full_costs_speed(project: Path, tmp_path: Path, solc: Path) -> None:
    """A process that may write files of 50 bytes compiles, keeps nothing, and leaves no halves behind."""
    code = (
        "import resource, sys; from pathlib import Path; from wallet.compiler import compile_folder;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50));"
        "done = compile_folder(Path(sys.argv[1]), cache=Path(sys.argv[2]), solc=Path(sys.argv[3]));"
        "sys.exit(0 if done.artefact('Alone').bytecode else 1)"
    )
    arguments = [str(project), str(tmp_path / "cache"), str(solc)]
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, timeout=60)
    assert [path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_packages_and_hidden_folders_are_not_the_projects(project: Path) -> None:
    for folder in ("node_modules/other", ".prepaid/copies"):
        (project / folder).mkdir(parents=True)
        (project / folder / "Strange.sol").write_text("this is no Solidity")
    assert collect(project).roots == ("Adder.sol", "Alone.sol", "lib/Twice.sol")


def test_a_file_outside_the_folder_is_refused(project: Path, tmp_path: Path) -> None:
    (tmp_path / "Else.sol").write_text(ALONE)
    with pytest.raises(InvalidInput, match="is not in"):
        collect(project, only=[project / ".." / "Else.sol"])


def test_artefacts_carry_code_abi_and_settings(project: Path, solc: Path) -> None:
    artefact = compile_folder(project, solc=solc, only=[project / "Alone.sol"]).artefact("Alone")
    assert artefact.source == "Alone.sol"
    assert [each["type"] for each in artefact.abi] == ["constructor", "function"]
    assert artefact.runtime in artefact.bytecode
    assert artefact.settings["compiler"] == SOLC_LONG_VERSION
    assert artefact.settings["evmVersion"] == "cancun"
    assert artefact.settings["optimizer"] == {"enabled": True, "runs": 200}
    assert json.loads(json.dumps(artefact.settings)) == artefact.settings
    assert b"solc" not in artefact.bytecode, "no metadata behind the code"


def test_an_error_names_file_line_and_column(project: Path, solc: Path) -> None:
    text = ALONE.replace("contract Alone", "/* 预付卡 */ contract Alone").replace("N = n", "N = m")
    (project / "Alone.sol").write_text(text, encoding="utf-8")
    with pytest.raises(CompileError) as raised:
        compile_folder(project, solc=solc)
    error = raised.value
    assert error.exit_status == 2
    assert error.values["file"] == str(project / "Alone.sol")
    line = text.splitlines()[2]
    assert (error.values["line"], error.values["column"]) == (3, line.index("m; }") + 1)
    assert str(error).startswith(f"{project / 'Alone.sol'}:3:")
    assert "Undeclared identifier" in str(error)
    assert error.hint == line


def test_several_errors_are_all_kept(project: Path, solc: Path) -> None:
    (project / "Bad.sol").write_text(ALONE.replace("Alone", "Bad").replace("N = n", "N = m; N = k"))
    with pytest.raises(CompileError, match=r"\(and 1 more\)") as raised:
        compile_folder(project, solc=solc)
    assert len(raised.value.diagnostics) == 2


def test_warnings_come_again_from_the_cache(project: Path, tmp_path: Path, solc: Path) -> None:
    (project / "Loose.sol").write_text("pragma solidity 0.8.37;\ncontract Loose {}\n")
    first = compile_folder(project, solc=solc, cache=tmp_path / "cache")
    again = compile_folder(project, solc=solc, cache=tmp_path / "cache")
    assert [note.severity for note in first.warnings] == ["warning"]
    assert again.warnings == first.warnings


def test_an_import_that_leads_nowhere_names_its_line(project: Path, solc: Path) -> None:
    (project / "Adder.sol").write_text(ADDER.replace("./lib/Twice.sol", "./lib/Thrice.sol"))
    with pytest.raises(CompileError) as raised:
        compile_folder(project, solc=solc)
    assert (raised.value.values["file"], raised.value.values["line"]) == (str(project / "Adder.sol"), 3)


def test_an_import_may_not_leave_the_folder(project: Path, solc: Path) -> None:
    (project.parent / "Outside.sol").write_text(TWICE)
    (project / "Adder.sol").write_text(ADDER.replace("./lib/Twice.sol", "../Outside.sol"))
    with pytest.raises(CompileError) as raised:
        compile_folder(project, solc=solc)
    assert "may not leave the folder" in raised.value.hint


def test_imports_in_comments_and_strings_are_none(project: Path, solc: Path) -> None:
    (project / "Alone.sol").write_text(
        '// import "./nowhere1.sol";\n/* import "./nowhere2.sol"; */\n'
        + ALONE.replace(
            "uint256 public", "string public constant S = \"import './nowhere3.sol';\"; uint256 public"
        )
    )
    assert compile_folder(project, solc=solc).artefact("Alone").bytecode


@pytest.mark.parametrize(
    "form",
    [
        'import "./lib/Twice.sol";',
        "import './lib/Twice.sol';",
        'import {\n  twice\n} from "./lib/Twice.sol";',
        'import {twice as twice} from /* here */ "./lib/Twice.sol";',
        'import{twice}from"./lib/../lib/Twice.sol";',
    ],
)
def test_every_form_of_import_is_followed(project: Path, form: str, launches: Launches) -> None:
    (project / "Adder.sol").write_text(ADDER.replace('import {twice} from "./lib/Twice.sol";', form))
    sources = collect(project, only=[project / "Adder.sol"])
    assert sources.files["Adder.sol"].imports == ("lib/Twice.sol",)
    assert compile_sources(sources, launches).artefact("Adder").bytecode


def test_an_empty_folder_is_refused(tmp_path: Path, solc: Path) -> None:
    with pytest.raises(InvalidInput, match="no Solidity file"):
        compile_folder(tmp_path, solc=solc)


def test_a_source_that_is_not_text_is_refused(project: Path, solc: Path) -> None:
    (project / "Alone.sol").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInput, match="cannot be read"):
        compile_folder(project, solc=solc)


def test_a_contract_is_asked_for_by_name(project: Path, solc: Path) -> None:
    (project / "Other.sol").write_text(ALONE)
    result = compile_folder(project, solc=solc)
    with pytest.raises(InvalidInput, match="several files"):
        result.artefact("Alone")
    with pytest.raises(InvalidInput, match="no contract"):
        result.artefact("Nobody")


def test_a_library_that_needs_linking_is_refused(project: Path, solc: Path) -> None:
    (project / "Alone.sol").write_text(
        "// SPDX-License-Identifier: MIT\npragma solidity 0.8.37;\n"
        "library L { function f() external pure returns (uint256) { return 1; } }\n"
        "contract Alone { function g() external pure returns (uint256) { return L.f(); } }\n"
    )
    with pytest.raises(InvalidInput, match="linked with a library"):
        compile_folder(project, solc=solc)


@pytest.mark.parametrize("name", template_names())
def test_a_copied_template_compiles_to_the_shipped_code(tmp_path: Path, name: str, solc: Path) -> None:
    """What `template new` gives compiles in an empty folder.

    The code is as long as the shipped one, but its functions stand in the order of the files' names.
    """
    (tmp_path / "MyRule.sol").write_text(template_source(name, rename="MyRule"), "utf-8")
    copy, shipped = compile_folder(tmp_path, solc=solc).artefact("MyRule"), load_artefact(name)
    assert copy.abi == shipped.abi
    assert len(copy.runtime) == len(shipped.runtime)


def test_template_source_refuses_what_solidity_would() -> None:
    with pytest.raises(InvalidInput, match="no template"):
        template_source("Lottery")
    with pytest.raises(InvalidInput, match="cannot be the name"):
        template_source(template_names()[0], rename="1Rule")


def test_a_cached_compilation_is_instant(project: Path, tmp_path: Path, solc: Path) -> None:
    compile_folder(project, solc=solc, cache=tmp_path / "cache")
    start = time.perf_counter()
    compile_folder(project, solc=solc, cache=tmp_path / "cache")
    assert time.perf_counter() - start < 0.2


@pytest.mark.parametrize("name", ["prepaid/core/SubWallet.sol", "prepaid/templates/Sessions.sol"])
def test_code_does_not_depend_on_what_is_compiled_beside_it(launches: Launches, name: str) -> None:
    """Else a cache by file would mix codes that never came out of one compilation."""
    alone = SourceSet((name,), collect(package_sources(), prefix="prepaid/").files)
    (artefact,) = (each for each in compile_sources(alone, launches).artefacts if each.bytecode)
    assert artefact == load_artefact(artefact.name)


@pytest.mark.parametrize("end", ["\n", "", "\n\n"])
def test_an_error_at_the_very_end_is_told_like_any_other(project: Path, solc: Path, end: str) -> None:
    """A brace that is missing at the end: the compiler points behind the last line."""
    text = ALONE.rstrip().removesuffix("}") + end
    (project / "Alone.sol").write_text(text)
    with pytest.raises(CompileError, match=r"Alone\.sol:\d+:\d+: ParserError"):
        compile_folder(project, solc=solc)


@pytest.mark.parametrize("text", ["", "// SPDX-License-Identifier: MIT\npragma solidity 0.8.37;\n"])
def test_a_file_without_a_contract_compiles_to_nothing(tmp_path: Path, solc: Path, text: str) -> None:
    """Asked for its contract, it says that there is none."""
    (tmp_path / "Empty.sol").write_text(text)
    done = compile_folder(tmp_path, solc=solc)
    assert done.artefacts == ()
    with pytest.raises(InvalidInput, match="no contract 'Empty'"):
        done.artefact("Empty")


@pytest.mark.parametrize("content", [None, b"\xff\xfe contract"])
def test_a_file_that_cannot_be_read_is_told_with_a_way_out(tmp_path: Path, content: bytes | None) -> None:
    """Absent, or not text."""
    path = tmp_path / "Rule.sol"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidInput) as caught:
        compile_folder(tmp_path, only=[path])
    assert caught.value.error_code == "unreadable-source"
    assert caught.value.hint
    assert "Errno" not in caught.value.message
