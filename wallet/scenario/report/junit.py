"""A run as JUnit XML, in the form that Jenkins, GitLab and GitHub's reporters agree on.

One `testsuite` for each scenario file, one `testcase` for each case. `broken` is JUnit's error: the scenario
could not be played; `failed` is its failure.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Final
from xml.etree import ElementTree

from wallet.scenario.report.plain import inert
from wallet.scenario.report.text import failure_message, failure_text, step_text
from wallet.scenario.result import CaseResult, RunResult, Status

_KIND: Final[dict[Status, str]] = {"failed": "failure", "broken": "error", "skipped": "skipped"}
_NAME: Final = "prepaid scenarios"


def write_junit(result: RunResult, path: Path) -> None:
    """Write `result` to `path`, with the folders it needs. The same result gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(junit_xml(result))


def junit_xml(result: RunResult) -> bytes:
    """The whole document in UTF-8."""
    root = _element("testsuites", name=_NAME, **_counts(result.cases, result.seconds))
    del root.attrib["skipped"]  # known to suites only
    by_file: dict[str, list[CaseResult]] = {}
    for case in result.cases:
        by_file.setdefault(case.file, []).append(case)
    for file, cases in by_file.items():
        root.append(_suite(result, file, cases))
    ElementTree.indent(root)
    text: str = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _suite(result: RunResult, file: str, cases: list[CaseResult]) -> ElementTree.Element:
    took = sum(case.seconds for case in cases)
    suite = _element("testsuite", name=file, file=file, **_counts(cases, took))
    suite.append(_properties({"chain": result.chain, "seed": str(result.seed)}))
    suite.extend(_case(case) for case in cases)
    return suite


def _case(case: CaseResult) -> ElementTree.Element:
    found = _element(
        "testcase",
        classname=_dotted(case.file),
        name=case.name,
        file=case.file,
        line=str(case.line),
        time=f"{case.seconds:.3f}",
    )
    told = {"title": case.title[0], "title-zh": case.title[1], "system": case.system, "chain": case.chain}
    told |= {"seed": str(case.seed), "tags": ", ".join(case.tags), "gas": str(case.gas)}
    found.append(_properties(told, *(("proves", one) for one in case.proves)))
    if case.status in _KIND:
        found.append(_outcome(case))
    if case.steps:
        _child(found, "system-out", "\n".join(step_text(step) for step in case.steps))
    return found


def _outcome(case: CaseResult) -> ElementTree.Element:
    failure = case.failure
    kind = failure.error.code if failure and failure.error and not failure.mismatches else case.status
    outcome = _element(_KIND[case.status], type=kind, message=failure_message(case))
    if failure is not None:
        outcome.text = inert(failure_text(failure))
    elif case.reason:
        outcome.text = inert(case.reason)
    return outcome


def _counts(cases: Iterable[CaseResult], took: float) -> dict[str, str]:
    states = [case.status for case in cases]
    return {
        "tests": str(len(states)),
        "failures": str(states.count("failed")),
        "errors": str(states.count("broken")),
        "skipped": str(states.count("skipped")),
        "time": f"{took:.3f}",
    }


def _properties(named: dict[str, str], *more: tuple[str, str]) -> ElementTree.Element:
    found = _element("properties")
    for name, text in (*named.items(), *more):
        if text:
            found.append(_element("property", name=name, value=text))
    return found


def _dotted(file: str) -> str:
    """`scripts/scenarios/exit/first.scenario.yaml` as `scripts.scenarios.exit.first`: how CI folds names."""
    parts = PurePath(file.removesuffix(".yaml").removesuffix(".scenario")).parts
    return ".".join(part.strip("/.") for part in parts if part.strip("/.")) or file


def _element(tag: str, /, **attributes: str) -> ElementTree.Element:
    return ElementTree.Element(tag, {key: inert(text) for key, text in attributes.items()})


def _child(parent: ElementTree.Element, tag: str, text: str) -> None:
    found = ElementTree.SubElement(parent, tag)
    found.text = inert(text)
