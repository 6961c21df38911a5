"""Files into cases: selections, tables, variables, includes, tags; and every fault with its own line."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from wallet.errors import InvalidInput
from wallet.scenario.load import Case, load, slug
from wallet.scenario.starter import STARTER

HEAD = "scenario: Some title\nactors: {anna: consumer}\n"


@pytest.fixture(autouse=True)
def _there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str) -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, "utf-8")
    return name


def one(text: str) -> Case:
    (case,) = load([write("a.scenario.yaml", text)])
    return case


def faults(text: str) -> list[tuple[int, str]]:
    """Line and reason of everything wrong with a file."""
    with pytest.raises(InvalidInput) as caught:
        load([write("bad.scenario.yaml", text)])
    error = caught.value
    found = error.values.get("faults", [error.values])
    return [(each["line"], each["reason"]) for each in found]


def test_a_case_carries_file_and_line_of_every_step_and_expectation() -> None:
    case = one(
        HEAD + "steps:\n- advance: 1d\n  expect:\n    balances:\n      anna: ¥3\n- expect: {at: any}\n"
    )
    first, second = case.steps
    assert (case.file, case.line, case.name, case.row) == ("a.scenario.yaml", 1, "some-title", None)
    assert [step.place.line for step in case.steps] == [4, 8]
    assert first.expect is not None
    assert first.expect.balances["anna"].place == ("a.scenario.yaml", 7)
    assert (first.word, second.word, second.verb) == ("advance", "expect", None)


def test_cases_cross_to_another_process() -> None:
    cases = load([write("first.scenario.yaml", STARTER)])
    assert pickle.loads(pickle.dumps(cases)) == cases


def test_rows_are_cases_with_their_own_lines_and_variables() -> None:
    text = HEAD + "examples:\n- {n: 1d}\n- {n: 2d}\nsteps:\n- advance: $n\n"
    path = write("a.scenario.yaml", text)
    cases = load([path])
    assert [(case.name, case.line) for case in cases] == [("some-title[1]", 4), ("some-title[2]", 5)]
    assert [getattr(case.steps[0].verb, "by", 0) for case in cases] == [86_400, 172_800]
    assert [case.name for case in load([f"{path}:5"])] == ["some-title[2]"]
    assert [case.name for case in load([f"{path}::some-title[1]"])] == ["some-title[1]"]
    assert len(load([f"{path}::some-title"])) == len(load([f"{path}:1"])) == 2
    assert len(load([path, f"{path}:4"])) == 2, "nothing is played twice"


@pytest.mark.parametrize("line", [0, 99])
def test_a_line_that_is_not_there_is_refused(line: int) -> None:
    write("a.scenario.yaml", HEAD + "steps:\n- advance: 1d\n")
    with pytest.raises(InvalidInput, match=f"has no line {line}"):
        load([f"a.scenario.yaml:{line}"])


@pytest.mark.parametrize("wanted", ["a.scenario.yaml::other", "a.scenario.yaml::some-title[3]"])
def test_a_selection_that_fits_nothing_names_what_there_is(wanted: str) -> None:
    write("a.scenario.yaml", HEAD + "steps:\n- advance: 1d\n")
    with pytest.raises(InvalidInput, match="no scenario of this name") as caught:
        load([wanted])
    assert "some-title" in caught.value.hint


def test_folders_are_searched_and_sorted() -> None:
    for name in ("b/z.scenario.yaml", "b/a.scenario.yaml", "a.scenario.yaml", "b/c.include.yaml"):
        write(name, HEAD + "steps:\n- advance: 1d\n")
    assert [case.file for case in load(["."])] == [
        "a.scenario.yaml",
        "b/a.scenario.yaml",
        "b/z.scenario.yaml",
    ]


def test_a_name_is_looked_for_in_the_whole_folder() -> None:
    for name in ("one", "two"):
        write(f"b/{name}.scenario.yaml", f"scenario: {name}\nsteps:\n- advance: 1d\n")
    assert [case.id for case in load(["b::two"])] == ["b/two.scenario.yaml::two"]


@pytest.mark.parametrize("path", ["nowhere", "nowhere.scenario.yaml", "empty"])
def test_paths_with_nothing_there_are_refused(path: str) -> None:
    Path("empty").mkdir()
    with pytest.raises(InvalidInput):
        load([path])


def test_tags() -> None:
    for name, tags in {"a": "[x, y]", "b": "[y]", "c": "[]"}.items():
        write(f"{name}.scenario.yaml", f"scenario: {name}\ntags: {tags}\nsteps:\n- advance: 1d\n")

    def names(*tags: str) -> str:
        return "".join(case.name for case in load(["."], tags))

    assert names("y") == "ab"
    assert names("y", "not-x") == "b"
    assert names("x", "y") == "a"
    assert names("x,not-y") == "ac"
    with pytest.raises(InvalidInput) as caught:
        names("z")
    assert (caught.value.error_code, caught.value.hint) == ("no-scenario", "tags here: x, y")


def test_variables_are_texts_put_into_texts() -> None:
    text = (
        "scenario: Under $where\nvariables: {where: suzhou, used: ¥30, more: $used, who: anna}\n"
        "actors: {$who: consumer}\nsystem: ${where}\n"
        "steps:\n- expect: {changes: {$who: +$more, 'wallet of $who': '-${used}'}}\n  note: costs $$5\n"
    )
    case = one(text)
    assert (case.title[0], case.system, list(case.actors)) == ("Under suzhou", "suzhou", ["anna"])
    assert case.steps[0].note == "costs $5"
    expect = case.steps[0].expect
    assert expect is not None
    assert {name: each.text for name, each in expect.changes.items()} == {
        "anna": "+¥30",
        "wallet of anna": "-¥30",
    }


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("variables: {a: 1d}\nsteps:\n- advance: $b\n", 3, "no variable is called 'b'"),
        ("variables: {a: 1d}\nsteps:\n- advance: 1d\n", 1, "variable 'a' is not used"),
        ("variables: {a: $b, b: 1d}\nsteps:\n- advance: $a$b\n", 1, "no variable is called 'b'"),
        ("variables: {a: [1]}\nsteps:\n- advance: $a\n", 1, "one text"),
        ("variables: {a-b: 1d}\nsteps:\n- advance: $a-b\n", 3, "no variable is called 'a'"),
        ("variables: {a: " + "x" * 9000 + ", b: $a$a$a}\nsteps:\n- advance: $b\n", 1, "is longer than"),
        ("variables: {}\nsteps:\n- advance: $ 3\n", 3, "`$` begins a variable"),
        ("examples:\n- {a: 1d}\n- {b: 1d}\nsteps:\n- advance: $a\n", 3, "differs from the first in a, b"),
        ("examples:\n- {a: 1d, b: 2}\nsteps:\n- advance: $a\n", 1, "variable 'b' is not used"),
    ],
)
def test_slips_with_variables(text: str, line: int, said: str) -> None:
    ((found, reason),) = faults("scenario: T\n" + text)
    assert (found, said in reason) == (line + 1, True), reason


@pytest.mark.parametrize(
    ("steps", "line", "said"),
    [
        ("- advance: 1d\n  buy: {}", 2, "two verbs in one step: advance and buy"),
        ("- note: nothing", 1, "does nothing"),
        ("- advnce: 1d", 1, "no verb is called 'advnce'"),
        ("- advance: 1d\n  expects: {}", 2, "no verb is called 'expects'"),
        ("- fails: x\n  expect: {at: any}", 1, "needs a verb beside it"),
        ("- advance", 1, "say how long"),
        ("-", 1, "no verb is called ''"),
        ("- advance: 1d\n  expect: {}", 2, "nothing is expected"),
        ("- advance: 1d\n  expect: {events: []}", 2, "nothing is expected"),
        ("- advance: 1d\n  expect: {cards: {a: {}}}", 2, "nothing is expected"),
        ("- advance: 1d\n  gives: {}", 2, "nothing is expected"),
        ("- advance: 1d\n  expect: {merchants: {m: not suspendd}}", 2, "'suspendd' is none of"),
        ("- advance: 1d\n  expect: {cards: {a: not opne}}", 2, "'opne' is none of"),
        ("- advance: 1d\n  fails: x\n  gives: {a: 1}", 3, "what is refused gives nothing"),
        ("- advance: 1d\n  expect:\n    balances: {anna: 3000}", 3, "yuan or fen"),
        ("- advance: 1d\n  expect:\n    cards:\n      a:\n        held: owing", 5, "not an amount of money"),
        ("- advance: 1d\n  expect:\n    cards:\n      a:\n        hld: 0", 5, "no such key"),
        ("- advance: 1d\n  unchanged: maybe", 2, "neither yes nor no"),
        ("- advance: [1d]", 1, "a list"),
        ("- [advance]", 1, "a step is"),
        ("- advance: 1d\n  expect: {events: [{A: {}, B: {}}]}", 2, "an event is its name"),
        ("- advance: 1d\n  fails: {error: x, wth: {}}", 2, "no such key"),
    ],
)
def test_slips_in_steps(steps: str, line: int, said: str) -> None:
    found = faults(f"scenario: T\nsteps:\n{steps}\n")
    assert (line + 2, True) in [(at, said in reason) for at, reason in found], found


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "a file of keys"),
        ("- a", 1, "a file of keys"),
        ("scenario: T", 1, "is missing or empty"),
        ("steps:\n- advance: 1d", 1, "is missing"),
        ("scenario: T\nsystem: atlantis\nsteps:\n- advance: 1d", 2, "'atlantis' is not known"),
        ("scenario: T\nsystem: ./my.toml\nsteps:\n- advance: 1d", 2, "there is no file"),
        ("scenario: T\nstep: []\nsteps:\n- advance: 1d", 2, "no such key"),
        ("scenario: T\nactors:\n  anna: {role: consumer, mony: 0}\nsteps:\n- advance: 1d", 3, "no such key"),
        ("scenario: T\nproducts:\n  card: {price: ¥3}\nsteps:\n- advance: 1d", 3, "is missing"),
        ("scenario: T\nproducts:\n  card: {of: x, kind: loan}\nsteps:\n- advance: 1d", 3, "is not one of"),
    ],
)
def test_slips_in_the_head(text: str, line: int, said: str) -> None:
    found = faults(text)
    assert (line, True) in [(at, said in reason) for at, reason in found], found


def test_near_misses_are_named() -> None:
    with pytest.raises(InvalidInput) as caught:
        load([write("a.scenario.yaml", "scenario: T\nsteps:\n- advnce: 1d\n")])
    assert caught.value.hint == "did you mean advance?"


def test_all_faults_of_all_files_come_together() -> None:
    write("a.scenario.yaml", "scenario: T\nsteps:\n- advnce: 1d\n- advance: soon\n")
    write("b.scenario.yaml", "a: [")
    write("c.scenario.yaml", HEAD + "steps:\n- advance: 1d\n")
    with pytest.raises(InvalidInput) as caught:
        load(["."])
    error = caught.value
    places = [(one["file"], one["line"]) for one in error.values["faults"]]
    assert (error.error_code, error.exit_status) == ("scenario-files", 2)
    assert places == [("a.scenario.yaml", 3), ("a.scenario.yaml", 4), ("b.scenario.yaml", 1)]


# ------------------------------------------------------------------------------------------- includes


def test_includes_bring_people_products_and_variables_and_own_ones_win() -> None:
    write(
        "common/more.include.yaml",
        "variables: {price: ¥5, used: ¥1}\nactors: {bo: consumer, shop: merchant}\n",
    )
    write(
        "common/shop.include.yaml",
        "include: more.include.yaml\nvariables: {price: ¥9}\nproducts: {card: {of: shop, price: $price}}\n",
    )
    case = one(
        "scenario: T\ninclude: common/shop.include.yaml\nactors: {bo: merchant}\nsteps:\n- advance: 1d\n"
    )
    assert {name: actor.role for name, actor in case.actors.items()} == {"bo": "merchant", "shop": "merchant"}
    assert case.products["card"].price == 900


def test_included_steps_stand_in_their_place_with_their_own_lines() -> None:
    write(
        "wait.steps.yaml",
        "variables: {span: 1d, who:}\nsteps:\n- advance: $span\n- expect: {balances: {$who: any}}\n",
    )
    case = one(
        "scenario: T\nsteps:\n- advance: 1d\n- include: wait.steps.yaml\n  with: {who: anna}\n- advance: 2d\n"
    )
    assert [str(step.place) for step in case.steps] == [
        "a.scenario.yaml:3", "wait.steps.yaml:3", "wait.steps.yaml:4", "a.scenario.yaml:6",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("- include: wait.steps.yaml", "needs 'who'"),
        ("- include: wait.steps.yaml\n  with: {who: x, what: y}", "does not use 'what'"),
        ("- include: wait.steps.yaml\n  wth: {who: x}", "no such key beside"),
        ("- include: nowhere.yaml", "there is no file"),
        ("- include: round.steps.yaml", "includes itself"),
        ("- include: a.scenario.yaml", "no such key"),
    ],
)
def test_slips_with_includes(step: str, said: str) -> None:
    write("wait.steps.yaml", "variables: {who:}\nsteps:\n- expect: {balances: {$who: any}}\n")
    write("round.steps.yaml", "steps:\n- include: again.steps.yaml\n")
    write("again.steps.yaml", "steps:\n- include: round.steps.yaml\n")
    write("a.scenario.yaml", HEAD + "steps:\n- advance: 1d\n")
    found = faults(f"scenario: T\nsteps:\n{step}\n")
    assert any(said in reason for _, reason in found), found


@pytest.mark.parametrize(
    ("title", "name"),
    [("Anna ends her card!", "anna-ends-her-card"), ("¥30 & more", "30-more"), ("安娜 退卡", "安娜-退卡")],
)
def test_names_come_from_titles(title: str, name: str) -> None:
    assert slug(title) == name


@pytest.mark.parametrize("said", ["events: [Closedd]", "events: [{Closedd: {}}]", "no-events: [Closedd]"])
def test_an_event_that_no_contract_emits_is_refused(tmp_path: Path, said: str) -> None:
    """Else `no-events` with a slip would hold for ever."""
    file = tmp_path / "a.scenario.yaml"
    file.write_text(f"scenario: A\nsteps:\n- advance: 1d\n  expect: {{{said}}}\n", "utf-8")
    with pytest.raises(InvalidInput, match=r"a\.scenario\.yaml:4.*Closedd.*did you mean Closed"):
        load([str(file)])


def test_a_file_whose_own_name_has_colons_can_be_chosen_from(tmp_path: Path) -> None:
    """Only the last `::` parts a file from a name."""
    file = tmp_path / "a::b.scenario.yaml"
    file.write_text("scenario: One\nsteps:\n- advance: 1d\n", "utf-8")
    assert [case.name for case in load([f"{file}::one"])] == ["one"]
    assert [case.name for case in load([str(file)])] == ["one"]
