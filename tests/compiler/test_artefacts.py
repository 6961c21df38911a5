"""The shipped artefacts are those of the sources beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.builds import CACHE
from wallet.compiler import SETTINGS, SOLC_LONG_VERSION, ArtefactMissing, artefact_names, load_artefact
from wallet.compiler.artefacts import SHIPPED, artefact_from_json, artefact_to_json, manifest
from wallet.compiler.build import fingerprints, render

STALE = "contracts/ changed: run `make artefacts`"


def test_artefacts_are_fresh() -> None:
    """Compares fingerprints, so it needs no compiler."""
    recorded = manifest()
    assert recorded["compiler"] == SOLC_LONG_VERSION
    assert recorded["settings"] == SETTINGS
    assert recorded["sources"] == fingerprints(), STALE


def test_building_again_gives_the_same_bytes() -> None:
    """Every file of wallet/artefacts, and no other, byte by byte.

    The compiler has worked on these very sources when the contracts' tests first needed them: the cache is
    keyed by what decides how a file compiles, and empty in a fresh clone.
    """
    files = render(CACHE)
    assert {path: path.read_text("utf-8") for path in SHIPPED.rglob("*.json")} == files, STALE


def test_every_contract_fits_a_chain() -> None:
    """EIP-170 and EIP-3860 limits."""
    for name in artefact_names():
        artefact = load_artefact(name)
        assert len(artefact.runtime) <= 24_576, name
        assert len(artefact.bytecode) <= 49_152, name


def test_an_artefact_survives_the_trip_through_json() -> None:
    artefact = load_artefact("StoredValue")
    text = artefact_to_json(artefact)
    assert text.splitlines()[0].startswith('{"generated":"by `make artefacts`')
    import json

    assert artefact_from_json(json.loads(text)) == artefact


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ArtefactMissing) as raised:
        load_artefact("SubWalet")
    assert "SubWallet" in raised.value.hint


def test_a_damaged_artefact_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wallet.compiler.artefacts.SHIPPED", tmp_path)
    for content in (
        "{",
        "[]",
        "{}",
        '{"name":"X","abi":[],"bytecode":"zz","runtime":"","source":"","settings":{}}',
    ):
        (tmp_path / "X.json").write_text(content)
        with pytest.raises(ArtefactMissing, match=r"X\.json"):
            load_artefact("X")
