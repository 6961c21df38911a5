"""Every case stands alone, whatever the one before did to its platform, and on chains that cannot go back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wallet.chain.base import Capability, ChainOptions, Unsupported
from wallet.chain.revm import RevmChain
from wallet.scenario.load import Case, load
from wallet.scenario.run import play
from wallet.scenario.stage import Stage

SHIPPED = Path(__file__).resolve().parents[2] / "scripts" / "scenarios" / "first"
OPTIONS = ChainOptions(clock="steps", genesis_time=1_861_920_000)
CASE = """\
scenario: one visit
system: {system}
actors:
  anna: {{role: consumer, money: ¥5000}}
  clinic: {{role: merchant, name: 示例店}}
products:
  card: {{of: clinic, price: ¥1000}}
steps:
- buy: {{by: anna, product: card, as: a}}
- use: {{card: a, amount: ¥30}}
{more}
"""


class OneWayChain(RevmChain):
    """A chain that cannot go back, as a node may be that somebody else runs."""

    capabilities = RevmChain.capabilities - {Capability.SNAPSHOT, Capability.SET_BALANCE}

    def snapshot(self) -> str:
        raise Unsupported("take snapshots", self.name)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage(RevmChain(OPTIONS)) as ready:
        yield ready


def case(folder: Path, more: str = "", system: str = "unsupervised") -> Case:
    """A short case, with more steps or under another system."""
    file = folder / f"{system.replace('/', '-')}.scenario.yaml"
    file.write_text(CASE.format(system=system, more=more), "utf-8")
    (made,) = load([str(file)])
    return made


def test_time_begins_at_the_same_noon_in_every_case(stage: Stage, tmp_path: Path) -> None:
    noon = datetime(2030, 1, 1, 4, tzinfo=UTC).timestamp()
    for _ in range(2):
        result = play(case(tmp_path, "- advance: 400d"), stage)
        assert result.status == "passed", result.reason
        assert 0 <= result.steps[0].before.at - noon < 600


def test_a_restarted_chain_is_replaced_for_the_next_case(stage: Stage, tmp_path: Path) -> None:
    restarted = play(case(tmp_path, "- restart: chain\n- terminate: {card: a}"), stage)
    after = play(case(tmp_path, "- terminate: {card: a}"), stage)
    assert (restarted.status, restarted.reason) == ("passed", "")
    assert (after.status, after.balances) == ("passed", restarted.balances)
    assert after.steps[0].before == restarted.steps[0].before


def test_a_node_that_lost_its_snapshots_takes_no_further_case_with_it(stage: Stage, tmp_path: Path) -> None:
    before = play(case(tmp_path), stage)
    stage.chain.reset()
    after = play(case(tmp_path), stage)
    assert (after.status, after.reason) == ("passed", "")
    assert after.steps == before.steps


def test_systems_take_turns_on_one_chain(stage: Stage, tmp_path: Path) -> None:
    runs = [
        play(case(tmp_path, "- expect: {balances: {clinic: at least ¥30}}", system), stage)
        for system in ("unsupervised", "suzhou", "unsupervised")
    ]
    assert [(one.status, one.reason) for one in runs] == [("passed", "")] * 3
    assert runs[0].steps == runs[2].steps
    assert runs[1].balances["clinic"] < runs[0].balances["clinic"], "only one of them holds money back"


def test_without_snapshots_every_case_gets_a_platform_of_its_own(tmp_path: Path) -> None:
    with Stage(OneWayChain(OPTIONS)) as stage:
        first, second = play(case(tmp_path), stage), play(case(tmp_path, "- mark: here"), stage)
    assert (first.status, first.reason) == ("passed", "")
    assert (second.status, second.failure) == ("skipped", None), "what it cannot do is not held against it"
    assert first.balances == second.balances
    assert second.steps[0].before.at > first.steps[-1].after.at


def test_the_first_scenarios_pass_and_the_book_and_journal_do_not_remember(stage: Stage) -> None:
    cases = [one for one in load([str(SHIPPED)]) if "fault" in one.tags]
    assert len(cases) >= 3
    first = [play(one, stage) for one in cases]
    again = [play(one, stage) for one in reversed(cases)]
    assert [(one.name, one.reason) for one in first if one.status != "passed"] == []
    assert [one.steps for one in first] == [one.steps for one in reversed(again)]
