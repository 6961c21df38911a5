"""The XML that CI systems read: its form is checked here by hand against what they agree on.

That is the elements and attributes of the `junit-10` schema of Jenkins' xunit plugin, with three additions
that Jenkins, GitLab and GitHub's reporters read: `error`, a test case's `properties`, its `file` and `line`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scenario.report import sample
from wallet.scenario.report.junit import junit_xml, write_junit
from wallet.scenario.report.text import failure_text
from wallet.scenario.result import RunResult

COUNTS = {"tests", "failures", "errors", "time"}
FORM = {
    "testsuites": ({"name", *COUNTS}, {"testsuite"}),
    "testsuite": ({"name", "file", "skipped", *COUNTS}, {"properties", "testcase"}),
    "testcase": (
        {"name", "classname", "file", "line", "time"},
        {"properties", "failure", "error", "skipped", "system-out"},
    ),
    "properties": (set(), {"property"}),
    "property": ({"name", "value"}, set()),
    "failure": ({"message", "type"}, set()),
    "error": ({"message", "type"}, set()),
    "skipped": ({"message", "type"}, set()),
    "system-out": (set(), set()),
}


def read(result: RunResult) -> Element:
    return ElementTree.fromstring(junit_xml(result))


def check(element: Element) -> None:
    """Every element has exactly the attributes it should, and no child it should not."""
    attributes, children = FORM[element.tag]
    assert set(element.attrib) == attributes
    assert {child.tag for child in element} <= children
    for name in attributes & {*COUNTS, "skipped", "line"} - {"time"}:
        assert element.attrib[name].isdigit()
    if "time" in attributes:
        assert re.fullmatch(r"[0-9]+\.[0-9]{3}", element.attrib["time"])
    for child in element:
        check(child)


def cases(root: Element) -> dict[str, Element]:
    return {case.attrib["name"]: case for case in root.iter("testcase")}


def properties(element: Element) -> list[tuple[str, str]]:
    return [(one.attrib["name"], one.attrib["value"]) for one in element.findall("properties/property")]


def test_has_the_form_that_ci_systems_read() -> None:
    for result in (sample.run(), sample.hostile(), RunResult("revm", 1, ())):
        check(read(result))


def test_counts_add_up() -> None:
    root = read(sample.run())
    assert {name: root.attrib[name] for name in COUNTS} == {
        "tests": "5", "failures": "1", "errors": "1", "time": "1.600",
    }  # fmt: skip
    for name in ("tests", "failures", "errors"):
        assert sum(int(suite.attrib[name]) for suite in root) == int(root.attrib[name])
    assert sum(int(suite.attrib["skipped"]) for suite in root) == 1


def test_each_outcome_is_said_with_its_place_and_in_full() -> None:
    found = cases(read(sample.run()))
    outcomes = {name: [child.tag for child in case if child.tag in FORM] for name, case in found.items()}
    assert outcomes["anna-ends-her-card-after-three-visits"] == ["properties", "system-out"]
    failure = found["anna-ends-her-card"].find("failure")
    assert failure is not None
    assert failure.attrib["message"] == (
        "scripts/scenarios/exit/wrong.scenario.yaml:27: "
        "gives.refund: expected ¥1,000.00, is ¥976.93 (and 1 more)"
    )
    told = sample.failed().failure
    assert told is not None
    assert failure.text == failure_text(told)
    for each in (
        "gives.refund (line 25)", "expected  ¥1,500.00", "anna: ¥500.00, ¥1,476.93 (+¥976.93)",
        "Ended(card=a, refund=97693)", "StoredValue.entitlement", "2030-01-02 12:00", told.repeat,
    ):  # fmt: skip
        assert each in failure.text
    error = found["nobody-by-that-name"].find("error")
    assert error is not None
    assert error.attrib["type"] == "scenario-name"
    assert "known are anna" in (error.text or "")
    skipped = found["the-chain-changes-its-mind"].find("skipped")
    assert skipped is not None
    assert skipped.attrib["message"] == "revm cannot reorganise: play it on anvil"


def test_carries_what_the_case_proves_and_what_repeats_it() -> None:
    root = read(sample.run())
    assert properties(root[0]) == [("chain", "revm"), ("seed", "1")]
    case = cases(root)["anna-ends-her-card-after-three-visits"]
    told = properties(case)
    assert [text for name, text in told if name == "proves"] == [
        "row 8", "row 10", "pitfall terminate-against-consume",
    ]  # fmt: skip
    assert ("system", "suzhou") in told
    assert ("title-zh", "安娜用过三次后退卡") in told
    assert case.attrib["classname"] == "scripts.scenarios.exit.after-one-visit"
    assert (case.attrib["file"], case.attrib["line"], case.attrib["time"]) == (sample.FILE, "1", "0.412")


def test_steps_stand_in_the_output_with_their_date() -> None:
    out = cases(read(sample.run()))["anna-ends-her-card-after-three-visits"].findtext("system-out") or ""
    lines = out.splitlines()
    assert len(lines) == 9
    assert lines[2].startswith("3. 2030-01-04 12:00  ok")
    assert lines[4].endswith("refused: card-balance")


@settings(max_examples=50)
@given(st.text(st.characters(), max_size=40))
def test_any_text_gives_xml_that_can_be_read(text: str) -> None:
    """Control characters, half pairs and noncharacters are forbidden in XML, even as references."""
    failed = sample.failed()
    assert failed.failure is not None
    case = replace(failed, name=text, system=text, failure=replace(failed.failure, calls=text))
    check(read(RunResult(text, 1, (case,))))


def test_the_same_result_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b/c"):
        write_junit(sample.run(), tmp_path / folder / "junit.xml")
    assert (tmp_path / "a/junit.xml").read_bytes() == (tmp_path / "b/c/junit.xml").read_bytes()
