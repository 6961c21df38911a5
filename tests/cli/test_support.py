"""`prepaid support`: an account, credit and interest from a merchant's, a bank's and a consumer's side."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run

MERCHANT = "示例口腔"


def test_a_merchant_is_settled_lent_and_paid_around_its_card(shop: Path, call: Callable[..., Run]) -> None:
    """What is released arrives in the account; credit is drawn and paid back; the report adds up."""
    opened = call("support", "open", MERCHANT, "--fee", "30", "--days", "1", "--fast-fee", "20", "--json")
    account = opened.data["account"]
    assert (opened.data["service_fee_bps"], opened.data["settle_days"], opened.data["fast"]) == (30, 1, True)
    assert call("support", "accounts", "--merchant", MERCHANT, "--json").data[0]["account"] == account
    words = ("product", "publish", "结算", "--price", "1000", "--payee", account)
    assert call(*words).status == 0
    card = call("card", "buy", "结算", "--yes", "--as", "alice", "--json").data["card"]
    charge = call("card", "charge", card, "400", "--number", "1", "--out", "c.json")
    assert charge.status == 0, charge.err
    assert call("card", "authorise", "c.json", "--yes", "--out", "a.json").status == 0
    assert call("card", "consume", "a.json").status == 0
    entered = call("support", "enter", account)
    assert "398.80 (T+1)" in entered.out
    early = call("support", "withdraw", account, "100", "--fast")
    assert "99.80 yuan went to merchant; the bank keeps 0.20" in early.out
    assert call("support", "withdraw", account, "--json").code == "nothing-to-withdraw"
    assert call("chain", "advance", "1d").status == 0
    assert "298.80" in call("support", "withdraw", account).out
    assert "1.20" in call("support", "pay-fees", account, "--to", "platform", "--quiet").out

    assert call("account", "fund", "dave", "1000").status == 0
    assert call("support", "line", MERCHANT, "--json").data["line"] == 30_000
    drawn = call("support", "draw", MERCHANT, "300", "--json")
    assert (drawn.data["amount"], drawn.data["free_days"]) == (30_000, 30)
    assert call("support", "draw", MERCHANT, "0.01", "--json").code == "line-exceeded"
    assert call("support", "draw", MERCHANT, "1", "--kind", "gift", "--json").code == "invalid-kind"
    assert call("chain", "advance", "40d").status == 0
    (one,) = call("support", "draws", "--json").data
    assert (one["outstanding"], one["interest_due"]) == (30_000, 30_000 * 435 * 10 // 3_650_000)
    assert call("account", "fund", "merchant", "1000").status == 0
    paid = call("support", "repay", one["draw"][:10], "--json").data
    assert (paid["repaid"], paid["interest"]) == (30_000, one["interest_due"])
    due = call("support", "deposit-interest", MERCHANT, "--json").data["due"]
    assert due == 60_000 * 120 * 41 // 3_650_000
    assert call("support", "deposit-interest", MERCHANT, "--pay").status == 0
    book = call("support", "book", "--lang", "zh")
    assert all(word in book.out for word in ("支用信用额度", "归还信用额度", "信用支付利息", "存款利息"))

    report = call("support", "report", MERCHANT, "--json").data
    assert report["balanced"]
    assert report["parties"]["bank"]["result"] == one["interest_due"] + 20 - due
    assert report["custody"] == 60_000
    assert "平台" in call("support", "report", MERCHANT, "--lang", "zh").out


def test_interest_on_a_refund_that_was_short(shop: Path, call: Callable[..., Run]) -> None:
    """Thirty per cent in custody; the merchant stops, and owes interest on what it did not give back."""
    terms = ("--set", "custody_bps=3000", "--set", "advance=70000", "--set", "rate_merchant=310")
    assert call("product", "publish", "三成", "--price", "1000", *terms).status == 0
    card = call("card", "buy", "三成", "--yes", "--as", "alice", "--json").data["card"]
    assert call("support", "interest", card, "--json").code == "card-not-ended"
    assert call("merchant", "stop", MERCHANT).status == 0
    assert call("card", "terminate", card, "--yes").status == 0
    assert call("chain", "advance", "73d").status == 0
    found = call("support", "interest", card)
    assert "700.00 at 310 bps for 73 days: 4.34" in found.out
    paid = call("support", "interest", card, "--pay")
    assert "4.34 yuan paid to alice" in paid.out
    assert call("support", "interest", card, "--pay", "--json").code == "nothing-owed"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["support", "account", "alice"], "unknown-settlement-account"),
        (["support", "open", MERCHANT, "--fee", "301"], "invalid-fee-plan"),
        (["support", "repay", "0x123456"], "unknown-draw"),
        (["support", "draw", MERCHANT, "1", "--system", "suzhou"], "support-off"),
        (["support", "deposit-interest", MERCHANT, "--pay"], "nothing-owed"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else words,
)
def test_refusals_are_said_in_both_languages(
    shop: Path, call: Callable[..., Run], words: list[str], code: str
) -> None:
    english, chinese = (call(*words, "--json", "--lang", lang) for lang in ("en", "zh"))
    assert english.code == chinese.code == code
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese.envelope["error"]["message"])


def test_a_product_that_settles_short_is_listed_with_a_warning(shop: Path, call: Callable[..., Run]) -> None:
    """Principal first on a bonus card: figures on stderr and in the data; by ratio there is none."""
    words = ("product", "publish", "先扣本金", "--price", "1000", "--bonus", "300")
    done = call(*words, "--set", "settlement_formula=1", "--set", "consumer_formula=1", "--json")
    (warning,) = done.data["warnings"]
    assert (warning["cause"], warning["used"], warning["gap"]) == ("not-consumer", 100_000, 23_077)
    assert "230.77 is missing" in done.err
    other = call(
        "product", "publish", "先扣本金", *words[3:], "--set", "settlement_formula=1", "--lang", "zh"
    )
    assert "托管不足" in other.err
    plain = call("product", "publish", "按比例", *words[3:], "--set", "consumer_formula=1", "--json")
    assert (plain.data["warnings"], plain.err) == ([], "")
