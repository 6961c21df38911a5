"""The HTML report as a browser shows it: on a phone, on a desk, in the dark, on paper, and without script."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import looks
from tests.browser.chrome import Chrome

ROOT = Path(__file__).resolve().parents[2]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
LOOKS = (("run", PHONE), ("run", DESK), ("hostile", PHONE))
TITLE = "2 passed, 1 failed, 1 broken, 1 skipped, Scenario report · 场景测试报告"


@pytest.mark.parametrize(("kind", "size"), LOOKS, ids=["phone", "desk", "hostile texts on a phone"])
def test_fits_complains_of_nothing_and_asks_for_nothing(
    browser: Chrome, reports: dict[str, Path], shots: Path, kind: str, size: dict[str, int]
) -> None:
    """No console message, no request but the file itself, nothing wider than the screen, all opened."""
    browser.open(reports[kind], **size)
    browser.run(looks.OPEN_ALL)
    assert browser.run(looks.TOO_WIDE, size["width"]) == []
    browser.picture(shots / f"{kind}-{size['width']}.png", whole=kind == "run")
    assert browser.complaints() == []
    assert browser.requests() == [reports[kind].as_uri()]
    assert browser.driver.title == TITLE


def test_the_report_of_shipped_scenarios_looks_as_well(browser: Chrome, tmp_path: Path, shots: Path) -> None:
    """Played by the command itself, in words and with values that nobody chose for this test."""
    page = tmp_path / "report.html"
    command = [
        sys.executable,
        "-m",
        "cli.main",
        "scenario",
        "run",
        "scripts/scenarios/first",
        "--html",
        str(page),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    browser.open(page, **PHONE)
    browser.run(looks.OPEN_ALL)
    assert browser.run(looks.TOO_WIDE, PHONE["width"]) == []
    kinds = {each["kind"] for each in browser.run(looks.PICTURES) if each["drawn"] > 100}
    assert kinds == {"chart", "sequence"}
    assert browser.run(looks.CONTRAST)["bad"] == []
    assert (browser.complaints(), browser.requests()) == ([], [page.as_uri()])
    browser.picture(shots / "shipped.png", whole=False)


def test_pictures_are_drawn(browser: Chrome, reports: dict[str, Path]) -> None:
    browser.open(reports["run"], **PHONE)
    browser.run(looks.OPEN_ALL)
    pictures = browser.run(looks.PICTURES)
    assert sorted(each["kind"] for each in pictures) == ["chart"] * 4 + ["sequence"] * 4
    for each in pictures:
        assert each["height"] > 100
        assert each["drawn"] > 250
        assert each["inks"] >= 6
        assert each["texts"] >= 5
        assert each["kind"] == "sequence" or each["width"] <= PHONE["width"]


def test_only_what_did_not_pass_stands_open(browser: Chrome, reports: dict[str, Path]) -> None:
    browser.open(reports["run"], **DESK)
    states = browser.run(
        "return Object.fromEntries([...document.querySelectorAll('.case')]"
        ".map(each => [each.classList[1], each.querySelector('details').open]))"
    )
    assert states == {"passed": False, "failed": True, "broken": True, "skipped": False}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_has_contrast_enough(
    browser: Chrome, reports: dict[str, Path], shots: Path, dark: bool
) -> None:
    """WCAG 2.2 AA: 4.5 to 1, or 3 to 1 where letters are large."""
    browser.open(reports["run"], **DESK, dark=dark)
    browser.run(looks.OPEN_ALL)
    browser.driver.find_element("id", "zh" if dark else "en").click()
    measured = browser.run(looks.CONTRAST)
    assert measured["seen"] > 500
    assert measured["bad"] == []
    if dark:
        browser.picture(shots / "run-dark.png")


@pytest.fixture(params=["script", "no script"])
def page(request: pytest.FixtureRequest, browser: Chrome, reports: dict[str, Path]) -> Iterator[Chrome]:
    """The sample run, with its script and with scripts switched off."""
    browser.command("Emulation.setScriptExecutionDisabled", value=request.param == "no script")
    browser.open(reports["run"], **DESK)
    hidden = browser.run("return document.querySelector('.scripted').hidden")
    assert hidden is (request.param == "no script")
    yield browser
    browser.command("Emulation.setScriptExecutionDisabled", value=False)


def test_the_language_switch_shows_one_language_at_a_time(page: Chrome) -> None:
    page.run(looks.OPEN_ALL)
    seen = page.run(looks.SHOWN_LANGUAGES)
    assert (seen["en"] > 300, seen["zh"]) == (True, 0)
    page.driver.find_element("id", "zh").click()
    turned = page.run(looks.SHOWN_LANGUAGES)
    assert (turned["en"], turned["zh"]) == (0, seen["en"])


def test_cases_can_be_filtered_by_outcome_system_and_tag(page: Chrome) -> None:
    everything = page.run(looks.SHOWN_CASES)
    assert len(everything) == 5
    page.driver.find_element("id", "show-passed").click()
    assert page.run(looks.SHOWN_CASES) == ["case-3", "case-4", "case-5"]
    page.driver.find_element("id", "show-passed").click()
    choose(page, "tag", "guarantee")
    assert page.run(looks.SHOWN_CASES) == ["case-2"]
    headings = page.run(
        "return [...document.querySelectorAll('.group h2')].filter(e => e.checkVisibility()).length"
    )
    assert headings == 1
    choose(page, "tag", "all")
    choose(page, "system", "suzhou")
    assert page.run(looks.SHOWN_CASES) == ["case-1", "case-3", "case-4", "case-5"]


def test_a_case_opens_with_the_keyboard(page: Chrome) -> None:
    from selenium.webdriver.common.keys import Keys

    summary = page.driver.find_element("css selector", "#case-1 summary")
    summary.send_keys(Keys.ENTER)
    assert page.run("return document.querySelector('#case-1 details').open") is True
    assert page.run("return document.querySelector('#case-1 .timeline').checkVisibility()") is True


def choose(page: Chrome, name: str, start: str) -> None:
    from selenium.webdriver.support.select import Select

    select = Select(page.driver.find_element("id", name))
    select.select_by_visible_text(next(one.text for one in select.options if one.text.startswith(start)))


def test_search_finds_and_counts(browser: Chrome, reports: dict[str, Path]) -> None:
    browser.open(reports["run"], **DESK)
    browser.driver.find_element("id", "search").send_keys("SubWallet_CardNotOpen")
    assert browser.run(looks.SHOWN_CASES) == ["case-1"]
    assert browser.driver.find_element("id", "shown").text == "1"
    browser.driver.find_element("id", "open-all").click()
    assert browser.run("return document.querySelector('#case-1 details').open") is True


def test_print_opens_everything_and_starts_each_case_on_a_page(
    browser: Chrome, reports: dict[str, Path], shots: Path
) -> None:
    """Shown on paper whatever is closed on screen, in ink on white even where the screen is dark."""
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(reports["run"], width=794, height=1123, dark=True)
    printed = browser.pdf(shots / "run.pdf")
    browser.command("Emulation.setScriptExecutionDisabled", value=False)
    pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert 10 <= pages <= 30
    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.command("Emulation.setEmulatedMedia", media="print", features=features)
    told = browser.run(
        "const closed = document.querySelector('#case-1 .hash').getBoundingClientRect();"
        "return JSON.stringify({shown: closed.height > 0, fits: document.documentElement.scrollWidth <= 794,"
        " paper: getComputedStyle(document.body).backgroundColor,"
        " filter: document.querySelector('.filter').checkVisibility()})"
    )
    assert json.loads(told) == {"shown": True, "fits": True, "paper": "rgb(255, 255, 255)", "filter": False}
    browser.picture(shots / "run-print.png")
