"""The page of survivors is in order, and lines and breaks are found as `lines.py` and `breaks.py` say."""

from __future__ import annotations

import re

import pytest

from tests.mutation import page
from tests.mutation.breaks import Break, breaks, drawn
from tests.mutation.compiling import Warm
from tests.mutation.judges import ROOT
from tests.mutation.lines import Line, money_lines
from tests.mutation.money import follow
from tests.mutation.tree import Forest, sources
from wallet.compiler.sources import OWN_PREFIX, Source, SourceSet

TILL = f"{OWN_PREFIX}Till.sol"
TEXT = """
pragma solidity 0.8.37;

library SafeToken {
    function safeTransfer(address token, address to, uint256 value) internal {}
}

contract Till {
    struct Account { uint256 coins; uint256 visits; }

    mapping(address => Account) accounts;

    function pay(address token, uint256 asked, uint256 hour) external {
        Account storage account = accounts[msg.sender];
        uint256 given = asked < account.coins ? asked : account.coins;
        account.coins -= given;
        account.visits += 1;
        if (hour > 12) revert();
        SafeToken.safeTransfer(token, address(this), given);
    }
}
"""


@pytest.fixture(scope="module")
def till() -> Forest:
    """A small contract's tree, by the compiler process that every run uses."""
    own = sources()
    some = next(iter(own.files.values()))
    compiler = Warm()
    try:
        trees = compiler.trees(SourceSet((TILL,), {TILL: Source(TILL, some.path, TEXT, ())}))
    finally:
        compiler.close()
    return Forest(trees, {TILL: TEXT.encode()})


def lines_of(till: Forest) -> dict[str, Line]:
    return {line.text: line for line in money_lines(till, follow(till))}


def broken(till: Forest, text: str) -> dict[str, Break]:
    """The changed line by what it becomes."""
    made = breaks(till, follow(till), lines_of(till)[text])
    return {each.shown(TEXT.encode()).split("\n+ ")[1]: each for each in made}


def test_lines_are_those_that_move_or_count_what_a_token_moves(till: Forest) -> None:
    """Neither a count of visits nor the hour is money, and nobody had to say so."""
    assert {text: line.why for text, line in lines_of(till).items()} == {
        "uint256 given = asked < account.coins ? asked : account.coins": "writes",
        "account.coins -= given": "writes",
        "SafeToken.safeTransfer(token, address(this), given)": "moves",
    }


def test_breaks_are_the_mistakes_that_people_make(till: Forest) -> None:
    """Left out, another operator, branches exchanged, nothing or one too much, somebody else paid."""
    assert {"{}", "account.coins += given;", "account.coins -= 0;", "account.coins -= (given + 1);"} <= set(
        broken(till, "account.coins -= given")
    )
    assert "SafeToken.safeTransfer(token, msg.sender, given);" in broken(
        till, "SafeToken.safeTransfer(token, address(this), given)"
    )
    assert "uint256 given = (asked < account.coins ? account.coins : asked);" in broken(
        till, "uint256 given = asked < account.coins ? asked : account.coins"
    )


def test_the_break_that_counts_follows_from_the_seed_and_kinds_take_turns(till: Forest) -> None:
    """No kind of break crowds out the others, and a run can be repeated."""
    line = lines_of(till)["account.coins -= given"]
    made = breaks(till, follow(till), line)
    orders = [drawn(made, seed) for seed in range(60)]
    assert orders[7] == drawn(made, 7)
    kinds = {each.kind for each in made}
    assert {order[0].kind for order in orders} == kinds
    assert {each.kind for each in orders[0][: len(kinds)]} == kinds


def test_the_page_says_what_is_to_be_said_of_every_survivor() -> None:
    """Nine in ten are caught; each of the others has its reason, and stands for a line that still exists."""
    text = page.PAGE.read_text("utf-8")
    judged, caught = (
        int((re.search(each, text, re.M) or "??")[1]) for each in (r"^(\d+) statements", r"\*\*(\d+) br")
    )
    survivors = page.survivors(text)
    assert text.startswith(page.FIRST)
    assert page.UNEXPLAINED not in text, "say in survivors.toml what each survivor needs, then `make mutate`"
    assert caught * 10 >= judged * 9
    assert len(survivors) == judged - caught
    assert set(page.notes()) == set(survivors)
    for name, (old, _) in survivors.items():
        contract = ROOT / "contracts" / name.partition(":")[0]
        assert old in " ".join(contract.read_text("utf-8").split()), f"{name}: `make mutate` is due"
