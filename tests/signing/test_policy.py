"""The spending policy: what is over a limit is asked or refused, and a broken file stops everything."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.eip712.strategies import addresses
from wallet.errors import EnvironmentFault, InvalidInput, PolicyRefusal
from wallet.signing.policy import (
    Allowed,
    Limit,
    Outcome,
    Policy,
    load_policy,
    parse_policy,
    save_policy,
)

SHOP = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
OTHER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"

outcomes = st.sampled_from([Outcome.ASK, Outcome.REFUSE])
fen = st.integers(0, 10**10)
limits = st.one_of(st.none(), st.builds(Limit, fen, outcomes))
policies = st.builds(
    Policy,
    limits,
    limits,
    st.one_of(st.none(), st.builds(Allowed, st.frozensets(addresses, max_size=3), outcomes)),
)


@given(policies)
def test_a_policy_survives_its_file(policy: Policy) -> None:
    """Written and read back, it is the same."""
    assert parse_policy(policy.to_toml()) == policy


@given(policies, fen, fen)
def test_the_strictest_rule_decides(policy: Policy, amount: int, spent: int) -> None:
    """Every touched rule gives a reason; one refusal outweighs any number of questions."""
    verdict = policy.judge(fen=amount, merchant=SHOP, spent_today=spent)
    touched = {
        "per_charge": policy.per_charge and amount > policy.per_charge.fen and policy.per_charge.outcome,
        "per_day": policy.per_day and amount + spent > policy.per_day.fen and policy.per_day.outcome,
        "merchants": policy.merchants and SHOP not in policy.merchants.merchants and policy.merchants.outcome,
    }
    expected = {name: outcome for name, outcome in touched.items() if outcome}
    assert {reason.rule: reason.outcome for reason in verdict.reasons} == expected
    order = [Outcome.ALLOW, Outcome.ASK, Outcome.REFUSE]
    assert verdict.outcome == max([Outcome.ALLOW, *expected.values()], key=order.index)


def test_a_limit_itself_is_allowed() -> None:
    """Exactly the limit passes, one fen more does not."""
    policy = Policy(per_charge=Limit(5_000, Outcome.REFUSE), per_day=Limit(8_000, Outcome.ASK))
    for amount, spent, outcome in [
        (5_000, 3_000, Outcome.ALLOW),
        (5_001, 0, Outcome.REFUSE),
        (5_000, 3_001, Outcome.ASK),
    ]:
        assert policy.judge(fen=amount, merchant=SHOP, spent_today=spent).outcome == outcome


def test_asking_and_refusing() -> None:
    """A refusal is not put to the person; a question without anybody to answer it is a no."""
    asked: list[str] = []
    ask = Policy(per_charge=Limit(1, Outcome.ASK)).judge(fen=2, merchant=SHOP, spent_today=0)
    ask.require(lambda reasons: bool(asked.append(reasons[0].text)) or True)
    assert asked == ["0.02 yuan is over the limit of 0.01 a charge"]
    for answer in (None, lambda _: False):
        with pytest.raises(PolicyRefusal) as caught:
            ask.require(answer)
        assert caught.value.error_code == "policy-unconfirmed"
    refuse = Policy(merchants=Allowed(frozenset({OTHER}), Outcome.REFUSE))
    with pytest.raises(PolicyRefusal) as caught:
        refuse.judge(fen=2, merchant=SHOP, spent_today=0).require(lambda _: True)
    assert (caught.value.error_code, caught.value.exit_status) == ("policy-refused", 5)
    Policy().judge(fen=10**9, merchant=SHOP, spent_today=10**9).require()


LIMITED = 'schema = 1\n\n[per_day]\nlimit = "5"\noutcome = "ask"\n'


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("schema = 1\nfoo = 2", 2, "foo"),
        ("schema = 2", 1, "schema"),
        ("schema = true", 1, "schema"),
        ("", 1, "schema"),
        ("schema = 1\nschema = 1", 2, "overwrite"),
        ("schema = 1\n[per_day", 2, "Expected"),
        ("schema = 1\nper_day = 3", 2, "not a table"),
        (LIMITED.replace('"5"', "5"), 4, "in quotes"),
        (LIMITED.replace('"5"', "5.0"), 4, "in quotes"),
        (LIMITED.replace('"5"', '"1e3"'), 4, "1e3"),
        (LIMITED.replace('"5"', '"-1"'), 4, "-1"),
        (LIMITED.replace('"5"', '"１２"'), 4, "１２"),
        (LIMITED.replace('"ask"', '"maybe"'), 5, "maybe"),
        (LIMITED.replace('limit = "5"\n', ""), 3, "limit"),
        (LIMITED + "limt = 3", 6, "limt"),
        ('schema = 1\n\n[merchants]\nallowed = ["0x12"]\noutcome = "ask"', 4, "not an address"),
        (
            f'schema = 1\n[merchants]\noutcome = "ask"\nallowed = [\n  "{SHOP[:-1]}c",\n]',
            4,
            "not an address|checksum",
        ),
        ('schema = 1\n[merchants]\nallowed = "x"\noutcome = "ask"', 3, "list"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(text: str, line: int, what: str) -> None:
    """File, line and reason; nothing is guessed."""
    with pytest.raises(InvalidInput, match=what) as caught:
        parse_policy(text, where="policy.toml")
    assert caught.value.message.startswith(f"policy.toml, line {line}: ")
    assert caught.value.error_code == "invalid-policy"


def test_no_file_allows_everything(tmp_path: Path) -> None:
    """And a file that cannot be read allows nothing."""
    assert load_policy(tmp_path / "policy.toml") == Policy()
    (tmp_path / "policy.toml").write_bytes(b"\xff")
    with pytest.raises(EnvironmentFault):
        load_policy(tmp_path / "policy.toml")
    (tmp_path / "folder").mkdir()
    with pytest.raises(EnvironmentFault):
        load_policy(tmp_path / "folder")


def test_saving_replaces_the_file_at_once(tmp_path: Path) -> None:
    """The old policy or the new one, never half of either."""
    path = tmp_path / "home" / "policy.toml"
    for limit in (100, 200):
        policy = Policy(per_charge=Limit(limit, Outcome.ASK))
        save_policy(path, policy)
        assert load_policy(path) == policy
    assert [each.name for each in path.parent.iterdir()] == ["policy.toml"]
    path.parent.chmod(0o700)
    with pytest.raises(EnvironmentFault):
        save_policy(tmp_path / "home" / "policy.toml" / "below a file", Policy())
