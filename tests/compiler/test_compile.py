"""A user's folder of templates: compiled once, then from the cache; faults named by file and line."""

from __future__ import annotations

import json
import re
import shutil
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
from wallet.compiler.cache import Cache
from wallet.compiler.compile import Compilation, compile_sources
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


def write_project(folder: Path) -> Path:
    (folder / "lib").mkdir(parents=True)
    (folder / "Adder.sol").write_text(ADDER)
    (folder / "lib" / "Twice.sol").write_text(TWICE)
    (folder / "Alone.sol").write_text(ALONE)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "my rules")


@pytest.fixture(scope="module")
def once(solc: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Compilation, Path]:
    """Such a project compiled, and the cache it left: a start of the compiler costs a second."""
    folder = tmp_path_factory.mktemp("once")
    done = compile_folder(write_project(folder / "rules"), cache=folder / "cache", solc=solc)
    return done, folder / "cache"


@pytest.fixture
def known(once: tuple[Compilation, Path], tmp_path: Path) -> tuple[Compilation, Path]:
    """The same with a copy of the cache."""
    return once[0], Path(shutil.copytree(once[1], tmp_path / "known"))


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


def test_unchanged_sources_start_no_compiler(project: Path, known: tuple[Compilation, Path]) -> None:
    first, cache = known
    again = compile_sources(collect(project), never, cache=cache)
    assert first.artefacts == again.artefacts
    assert first.compiler is not None
    assert again.compiler is None
    assert again.compiled == ()
    assert set(again.reused) == {"Adder.sol", "Alone.sol", "lib/Twice.sol"}


def test_unchanged_sources_compile_without_any_compiler_installed(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: tuple[Compilation, Path]
) -> None:
    """The same through the public function, on a machine that lost its compiler."""
    before, cache = known
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("SOLCX_BINARY_PATH", str(tmp_path))
    after = compile_folder(project, cache=cache, solc=tmp_path / "no such solc", download=False)
    assert after.artefacts == before.artefacts


def test_moved_sources_start_no_compiler(
    project: Path, tmp_path: Path, known: tuple[Compilation, Path]
) -> None:
    """Content decides, not time or place."""
    compile_sources(collect(project), never, cache=known[1])
    (project / "Adder.sol").write_text(ADDER)
    elsewhere = project.rename(tmp_path / "elsewhere")
    compile_sources(collect(elsewhere), never, cache=known[1])


def test_a_change_compiles_only_what_it_reaches(
    project: Path, launches: Launches, known: tuple[Compilation, Path]
) -> None:
    old, cache = known
    (project / "lib" / "Twice.sol").write_text(TWICE.replace("2 * a", "a + a + a"))
    new = compile_sources(collect(project), launches, cache=cache)
    assert launches.count == 1
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
    store = Cache(cache)
    for damage in (b"", b"\xff\xfe\x00", whole.replace(b"6080", b"6081", 1), whole[: len(whole) // 2]):
        entry.write_bytes(damage)
        assert store.read(entry.stem) is None
    for count in (2, 3):
        again = compile_sources(sources, launches, cache=cache)
        assert (launches.count, again.compiled) == (count, ("Alone.sol",))
        assert again.artefacts == good.artefacts
        assert entry.read_bytes() == whole
        assert store.read(entry.stem) is not None
        entry.unlink()


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


def test_artefacts_carry_code_abi_and_settings(once: tuple[Compilation, Path]) -> None:
    artefact = once[0].artefact("Alone")
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


def test_every_form_of_import_is_followed(project: Path, launches: Launches) -> None:
    forms = (
        'import "./lib/Twice.sol";',
        "import './lib/Twice.sol';",
        'import {\n  twice\n} from "./lib/Twice.sol";',
        'import {twice as twice} from /* here */ "./lib/Twice.sol";',
        'import{twice}from"./lib/../lib/Twice.sol";',
    )
    files = [project / f"Adder{number}.sol" for number in range(len(forms))]
    for file, form in zip(files, forms, strict=True):
        text = ADDER.replace('import {twice} from "./lib/Twice.sol";', form)
        file.write_text(text.replace("contract Adder", f"contract {file.stem}"))
    sources = collect(project, only=files)
    compiled = compile_sources(sources, launches)
    for file in files:
        assert sources.files[file.name].imports == ("lib/Twice.sol",), file.read_text()
        assert compiled.artefact(file.stem).bytecode


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


def test_copied_templates_compile_to_the_shipped_code(tmp_path: Path, solc: Path) -> None:
    """What `template new` gives compiles in a folder that has nothing else to import.

    The code is as long as the shipped one, but its functions stand in the order of the files' names.
    """
    for name in template_names():
        (tmp_path / f"My{name}.sol").write_text(template_source(name, rename=f"My{name}"), "utf-8")
    compiled = compile_folder(tmp_path, solc=solc)
    for name in template_names():
        copy, shipped = compiled.artefact(f"My{name}"), load_artefact(name)
        assert copy.abi == shipped.abi, name
        assert len(copy.runtime) == len(shipped.runtime), name


def test_template_source_refuses_what_solidity_would() -> None:
    with pytest.raises(InvalidInput, match="no template"):
        template_source("Lottery")
    with pytest.raises(InvalidInput, match="cannot be the name"):
        template_source(template_names()[0], rename="1Rule")


def test_a_cached_compilation_is_instant(project: Path, solc: Path, known: tuple[Compilation, Path]) -> None:
    start = time.perf_counter()
    compile_folder(project, solc=solc, cache=known[1])
    assert time.perf_counter() - start < 0.2


@pytest.mark.parametrize("name", ["prepaid/core/SubWallet.sol", "prepaid/templates/Sessions.sol"])
def test_code_does_not_depend_on_what_is_compiled_beside_it(launches: Launches, name: str) -> None:
    """Else a cache by file would mix codes that never came out of one compilation."""
    alone = SourceSet((name,), collect(package_sources(), prefix="prepaid/").files)
    (artefact,) = (each for each in compile_sources(alone, launches).artefacts if each.bytecode)
    assert artefact == load_artefact(artefact.name)


def test_an_error_at_the_very_end_is_told_like_any_other(tmp_path: Path, solc: Path) -> None:
    """A brace that is missing at the end: the compiler points behind the last line."""
    for name, end in {"One": "\n", "None": "", "Two": "\n\n"}.items():
        (tmp_path / f"{name}.sol").write_text(ALONE.rstrip().removesuffix("}") + end)
    with pytest.raises(CompileError) as raised:
        compile_folder(tmp_path, solc=solc)
    faults = {Path(fault.path).stem: fault for fault in raised.value.diagnostics}
    assert faults.keys() == {"One", "None", "Two"}
    for fault in faults.values():
        assert fault.kind == "ParserError"
        assert re.search(r"\.sol:\d+:\d+: ParserError", str(CompileError((fault,))))


def test_a_file_without_a_contract_compiles_to_nothing(tmp_path: Path, solc: Path) -> None:
    """Asked for its contract, it says that there is none."""
    (tmp_path / "Empty.sol").write_text("")
    (tmp_path / "Bare.sol").write_text("// SPDX-License-Identifier: MIT\npragma solidity 0.8.37;\n")
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
