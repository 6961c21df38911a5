"""The runner can fail: what is otherwise than a file says, or than it must be, is found and told whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from wallet.chain.base import ChainOptions
from wallet.chain.revm import RevmChain
from wallet.errors import InvalidInput
from wallet.scenario.document import Step
from wallet.scenario.guard import Guard
from wallet.scenario.load import load
from wallet.scenario.result import CaseResult
from wallet.scenario.run import play
from wallet.scenario.stage import Stage
from wallet.scenario.verb import Verb
from wallet.scenario.world import World

CLINIC = """\
scenario: something happens
actors:
  anna: {role: consumer, money: ¥5000}
  clinic: {role: merchant, name: 示例口腔, sector: dental}
  mallory: stranger
products:
  card: {of: clinic, price: ¥1000}
steps:
- buy: {by: anna, product: card, as: a}
"""
"""Ten lines that most cases begin with; what they add stands on line 10 and after."""
Told = Callable[[str], CaseResult]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """One platform for all of them."""
    with Stage(RevmChain(ChainOptions(clock="steps", genesis_time=1_861_920_000))) as ready:
        yield ready


@pytest.fixture
def told(stage: Stage, tmp_path: Path) -> Told:
    """Plays the scenario that begins as above and goes on as told."""

    def run(steps: str, begin: str = CLINIC) -> CaseResult:
        file = tmp_path / "some.scenario.yaml"
        file.write_text(begin + steps, "utf-8")
        (case,) = load([str(file)])
        return play(case, stage)

    return run


def test_a_case_that_goes_as_told_passes_and_says_what_happened(told: Told) -> None:
    result = told("- use: {card: a, amount: ¥30}\n- terminate: {card: a}\n  gives: {refund: ¥970}\n")
    assert (result.status, result.failure, result.reason) == ("passed", None, "")
    bought, used, ended = result.steps
    assert [one.name for one in used.events] == ["Consumed", "Transfer"]
    assert [(one.who, one.what, one.card) for one in used.signed] == [
        ("clinic", "Charge", "a"), ("anna", "Consume", "a"),
    ]  # fmt: skip
    assert [(one.by, one.to, one.ok) for one in used.sent] == [("operator", "wallet of anna.consume", True)]
    assert bought.signed[0].what == "ReceiveWithAuthorization"
    assert used.sent[0].gas > 21_000
    assert ended.gives["refund"] == 97_000
    assert (ended.before.cards["a"].entitled, ended.after.cards["a"].status) == (97_000, "closed")
    assert result.balances["anna"] == 497_000
    assert result.gas >= used.sent[0].gas


def test_every_mismatch_of_a_step_is_told_with_its_own_line(told: Told) -> None:
    result = told(
        "- use: {card: a, amount: ¥30}\n"
        "  gives: {paid: ¥31}\n"
        "  expect:\n"
        "    balances:\n"
        "      anna: ¥4000\n"
        "      clinic: ¥29\n"
        "    changes: {clinic: +¥30, others: 0}\n"
        "    cards: {a: {status: owing, used: ¥30}}\n"
        "    events: [Consumed, Closed, {Consumed: {paid: ¥5}}]\n"
        "    no-events: [Consumed]\n"
        "- terminate: {card: a}\n"
    )
    assert result.status == "failed"
    failure = result.failure
    assert failure is not None
    assert len(result.steps) == 2, "nothing follows a step that failed"
    assert [(one.what, one.expected, one.actual, one.line) for one in failure.mismatches] == [
        ("gives: paid", "¥31", "¥30.00", 11),
        ("balances: clinic", "¥29", "¥30.00", 15),
        ("changes: wallet of anna", "0", "-¥30.00", 16),
        ("cards: a: status", "owing", "open", 17),
        ("events: Closed", "happens", "Transfer", 18),
        ("events: Consumed", "happens", "Transfer", 18),
        ("no-events: Consumed", "none", "wallet of anna: Consumed", 10),
    ]
    assert (failure.line, failure.step[:7]) == (11, "2. use:")
    assert failure.before is not None
    assert failure.after is not None
    assert (failure.before.balances["clinic"], failure.after.balances["clinic"]) == (0, 3000)
    assert failure.repeat.endswith("some.scenario.yaml::something-happens --chain revm --seed 1")


@pytest.mark.parametrize(
    ("step", "expected", "actual"),
    [
        ("- use: {card: a, amount: ¥30}\n  fails: card-not-open\n", "card-not-open", "it went through"),
        ("- use: {card: a, amount: ¥3000}\n  fails: x-y\n", "x-y", "Template_Overdrawn: "),
        (
            "- terminate: {card: a, at-least: ¥1001}\n"
            "  fails: {error: refund-too-low, with: {refund: ¥1}}\n",
            "¥1",
            "¥1000.00",
        ),
    ],
)  # fmt: skip
def test_a_refusal_has_to_come_and_be_the_one_that_was_named(
    told: Told, step: str, expected: str, actual: str
) -> None:
    result = told(step)
    assert result.status == "failed"
    assert result.failure is not None
    (one,) = result.failure.mismatches
    assert one.expected == expected
    assert one.actual.startswith(actual)


def test_an_unexpected_refusal_fails_with_the_error_as_it_is_called(told: Told) -> None:
    result = told("- call: {to: token, function: mint, args: [address of mallory, ¥5], by: mallory}\n")
    assert result.status == "failed"
    assert result.failure is not None
    assert result.failure.error is not None
    assert result.failure.error.code == "DigitalYuan_NotIssuer"
    assert result.reason.startswith("DigitalYuan_NotIssuer: ")


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("- use: {card: b, amount: ¥30}\n", "no card is called 'b' here"),
        ("- use: {card: a, amount: 3 times}\n", "this card counts money"),
        ("- expect: {balances: {nobody: ¥3}}\n", "no place of money is called 'nobody' here"),
        (
            "- terminate: {card: a}\n  gives: {refunds: ¥3}\n",
            "no part of the answer is called 'refunds' here",
        ),
        ("- consume: {document: d, of: a}\n", "say which document"),
        ("- buy: {by: anna, product: card, as: a}\n", "there is a card called 'a' already"),
        ("- terminate: {card: b}\n  fails: scenario-unknown-name\n", "no card is called 'b' here"),
        ("- call: {to: nowhere, function: f}\n  fails: artefact-missing\n", "no place is called 'nowhere'"),
        (
            "- use: {card: a, amount: ¥3000}\n  fails: {error: Template_Overdrawn, with: {size: any}}\n",
            "no value of Template_Overdrawn is called 'size' here",
        ),
        (
            "- use: {card: a, amount: ¥3}\n  expect: {events: [{Consumed: {price: any}}]}\n",
            "no value of Consumed is called 'price' here",
        ),
        (
            "- charge: {card: a, amount: ¥3, as: c}\n- charge: {card: a, amount: ¥3, as: c}\n",
            "there is a document called 'c' already",
        ),
        ("- call: {to: wallet of anna, function: bumpEpoch, args: [nothing, 1]}\n", "'nothing' is not hex"),
        ("- deploy: {contract: HostileToken, as: anna}\n", "there is a place called 'anna' already"),
    ],
)
def test_a_file_that_asks_for_what_is_not_there_is_broken_not_failed(
    told: Told, step: str, reason: str
) -> None:
    result = told(step)
    assert result.status == "broken"
    assert reason in result.reason


@pytest.mark.parametrize(
    ("was", "becomes", "reason", "where"),
    [
        ("mallory: stranger", "mallory: passer-by", "nobody plays the role 'passer-by'", "actor mallory"),
        ("mallory: stranger", "others: stranger", "'others' means something else", "actor others"),
        ("sector: dental", "tier: 9", "clinic: there is no tier 9", "actor clinic"),
        ("price: ¥1000", "price: 0", "product card has no price above zero", "product card"),
        ("of: clinic", "of: nobody", "no person is called 'nobody' here", "product card"),
        ("of: clinic", "of: mallory", "has not applied to the programme", "product card"),
    ],
)
def test_what_cannot_be_brought_on_stage_is_told(
    told: Told, was: str, becomes: str, reason: str, where: str
) -> None:
    result = told("", CLINIC.replace(was, becomes))
    assert (result.status, result.steps) == ("broken", ())
    assert reason in result.reason
    assert result.failure is not None
    assert result.failure.step == f"before the first step: {where}"
    named = next(
        at
        for at, text in enumerate(CLINIC.replace(was, becomes).splitlines(), 1)
        if text.strip().startswith(where.split()[1] + ":")
    )
    assert result.failure.line == named


def test_a_fault_of_a_verb_is_told_without_a_traceback(stage: Stage, tmp_path: Path) -> None:
    class Bad(Verb):
        word: ClassVar[str] = "bad"

        def title(self) -> tuple[str, str]:
            return "something bad", "坏事"

        def play(self, world: World) -> Any:
            return {}["never"]

    result = _planted(stage, tmp_path, Bad())
    assert result.status == "broken"
    assert result.reason.startswith("KeyError: 'never' (at ")


def test_a_refused_step_must_have_changed_nothing(stage: Stage, tmp_path: Path) -> None:
    class PaysAndComplains(Verb):
        word: ClassVar[str] = "pays-and-complains"

        def title(self) -> tuple[str, str]:
            return "pays and complains", "付款又抱怨"

        def play(self, world: World) -> Any:
            world.give("mallory", 500)
            raise InvalidInput("no", code="no-such-thing")

    result = _planted(stage, tmp_path, PaysAndComplains(), fails="no-such-thing")
    assert result.failure is not None
    assert [(one.what, one.expected, one.actual) for one in result.failure.mismatches] == [
        ("unchanged: money of mallory", "¥0.00", "¥5.00"),
        ("unchanged: events", "none", "DigitalYuan: Transfer"),
    ]


def test_an_allowance_is_a_change_though_no_money_moved(told: Told) -> None:
    allow = "- call: {to: token, function: approve, args: [mallory, ¥3], by: anna}\n"
    result = told(f"{allow}  unchanged: yes\n")
    assert result.failure is not None
    assert [one.actual for one in result.failure.mismatches] == ["DigitalYuan: Approval"]


@pytest.mark.parametrize("inner", ["[]", "[{expect: {at: any}}]", "[{settle: a, fails: x-y}]"])
def test_what_is_sent_at_once_expects_nothing_inside(told: Told, inner: str) -> None:
    with pytest.raises(InvalidInput, match="send-at-once"):
        told(f"- send-at-once: {inner}\n")


def test_money_without_an_event_that_explains_it_is_found(stage: Stage) -> None:
    with stage.case("suzhou") as ground:
        world = World(ground, 1)
        guard, before = Guard(world), world.look()
        guard.begin(before)
        world.add_person("anna", "consumer", money=500)
        after = world.look()
        logs = world.chain.logs(None, (), world.first_block + 1)
        assert guard.check(before, after, logs) == []
        assert guard.check(before, after, []) == [("conservation: money of anna", "¥0.00", "¥5.00")]
        lost = replace(after, balances={**after.balances, "anna": 499})
        assert [what for what, *_ in guard.check(before, lost, logs)] == [
            "conservation: money of anna",
            "conservation: everybody's money together",
        ]


def test_a_hostile_token_does_not_get_past_the_sums(told: Told) -> None:
    result = told(
        "- deploy: {contract: HostileToken, as: coin}\n"
        "- publish: odd\n"
        "- call: {to: coin, function: mint, args: [address of anna, ¥500]}\n"
        "- buy: {by: anna, product: odd, as: b}\n"
        "  fails: other-token\n"
        "- buy: {by: anna, product: odd, as: b, unchecked: yes}\n"
        "  expect: {cards: {b: {held: ¥500}}}\n"
        "- call: {to: coin, function: play, args: [4]}\n",
        CLINIC.replace("steps:", "  odd: {of: clinic, price: ¥500, token: coin}\nsteps:"),
    )
    assert result.status == "failed"
    assert result.failure is not None
    assert result.failure.line == 18
    assert [one.what for one in result.failure.mismatches] == ["conservation: wallet of anna"]


def test_gifts_to_a_sub_wallet_and_taking_them_home_add_up(told: Told) -> None:
    result = told(
        "- pay-to: {by: clinic, to: wallet of anna, amount: ¥7}\n"
        "  fails: ERC20InsufficientBalance\n"
        "- give: {to: clinic, amount: ¥9}\n"
        "- pay-to: {by: clinic, to: wallet of anna, amount: ¥7}\n"
        "  expect: {changes: {clinic: -¥7, wallet of anna: +¥7, others: 0}}\n"
        "- use: {card: a, amount: ¥30}\n"
        "- call: {to: wallet of anna, function: sweep, args: [token, [terms of a]], by: mallory}\n"
        "  fails: SubWallet_NotConsumer\n"
    )
    assert result.reason == ""


def test_no_case_sees_another_and_two_runs_are_alike(told: Told) -> None:
    steps = "- use: {card: a, amount: ¥30}\n- terminate: {card: a}\n"
    first, second = told(steps), told(steps)
    assert first.steps == second.steps


def _planted(stage: Stage, folder: Path, verb: Verb, fails: str = "") -> CaseResult:
    """A case that ends with a step of the test's own."""
    file = folder / "planted.scenario.yaml"
    expected = f"  fails: {fails}\n" if fails else ""
    file.write_text(f"{CLINIC}- settle: {{card: a}}\n{expected}", "utf-8")
    (case,) = load([str(file)])
    last = replace(case.steps[-1], verb=verb)
    assert isinstance(last, Step)
    return play(replace(case, steps=(case.steps[0], last)), stage)
