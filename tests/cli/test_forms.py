"""`prepaid form` and `prepaid product publish --form`: what an operator and a merchant do with forms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wallet.keccak import keccak256

if TYPE_CHECKING:
    from tests.cli.conftest import Run

Call = Callable[..., "Run"]

FAIR = """美容院预付卡合同
一、甲方为乙方提供护理十次，总价三千元。
二、乙方因个人原因退卡的，甲方扣除已消费项目价款后十五日内退还余款。
三、争议协商不成的，向有管辖权的人民法院起诉。
"""


@pytest.fixture
def fair(tmp_path: Path) -> Path:
    file = tmp_path / "fair.txt"
    file.write_text(FAIR, "utf-8")
    return file


def test_a_fair_form_lints_with_status_0_in_both_languages(call: Call, fair: Path) -> None:
    done = call("form", "lint", str(fair))
    assert (done.status, done.out[:22]) == (0, "Nothing banned was fou")
    assert "律师" in call("form", "lint", str(fair), "--lang", "zh").out
    assert call("form", "lint", str(fair), "--json").data["findings"] == []


def test_a_banned_clause_is_shown_with_line_source_and_remedy(call: Call, tmp_path: Path) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_text(FAIR + "四、本卡概 不 退 款，遗失不补。\n", "utf-8")
    shown = call("form", "lint", str(bad), "--lang", "zh")
    assert shown.status == 1
    assert "bad.txt:5" in shown.out.replace("\n", "")
    assert "法释〔2025〕4号" in shown.out
    refused = call("form", "lint", str(bad), "--json")
    assert (refused.status, refused.code) == (1, "form-unfair")
    found = refused.envelope["data"]["findings"]
    assert {(one["kind"], one["line"]) for one in found} == {("no-refund", 5), ("no-reissue", 5)}


def test_a_form_that_says_nothing_of_leaving_fails(call: Call, tmp_path: Path) -> None:
    lacking = tmp_path / "lacking.txt"
    lacking.write_text("一、营业时间九时至二十一时。\n", "utf-8")
    done = call("form", "lint", str(lacking))
    assert (done.status, done.out[:8]) == (1, "Missing:")
    assert call("form", "lint", str(lacking), "--json").envelope["data"]["missing"] == ["consumer-refund"]


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\xfa", b" \n"])
def test_what_is_no_text_is_bad_input(call: Call, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "odd.txt"
    if content is not None:
        file.write_bytes(content)
    done = call("form", "lint", str(file), "--json")
    assert (done.status, done.code) == (2, "form-unreadable")


def test_row_57_only_a_registered_form_is_sold_under(shop: Path, call: Call, fair: Path) -> None:
    """One word of a protected clause changed is another hash, which no product may name."""
    registered = call("form", "register", str(fair), "--title", "美容合同", "--json").data
    assert registered["form"] == "0x" + keccak256(FAIR.encode()).hex()
    assert registered["new"]
    assert not call("form", "register", str(fair), "--title", "美容合同", "--json").data["new"]
    listed = call("form", "list", "--json").data
    assert (registered["form"], "美容合同") in {(one["form"], one["title"]) for one in listed}
    for number, named in enumerate((registered["form"], registered["form"][:12], "美容合同")):
        sold = call(
            "product", "publish", f"护理 {number}", "--price", f"{3000 + number}", "--form", named, "--json"
        ).data
        assert sold["terms"]["form"] == registered["form"]
    edited = "0x" + keccak256(FAIR.replace("十五日", "十六日").encode()).hex()
    refused = call("product", "publish", "护理 X", "--price", "3000", "--form", edited, "--json")
    assert (refused.status, refused.code) == (2, "unknown-form")
    in_chinese = call("product", "publish", "护理 X", "--price", "3000", "--form", edited, "--lang", "zh")
    assert "没有登记过" in in_chinese.err


def test_a_form_with_a_banned_clause_is_not_registered(shop: Path, call: Call, tmp_path: Path) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_text(FAIR + "四、最终解释权归本店所有。\n", "utf-8")
    refused = call("form", "register", str(bad), "--title", "不公平", "--json")
    assert (refused.status, refused.code) == (2, "form-banned")
    assert "bad.txt:5" in refused.envelope["error"]["message"]
