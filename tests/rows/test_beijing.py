"""Beijing, row 42 (43 is the gate's), and its medical draft, rows 24 and 25."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rows.counter import Counter, counter
from wallet.errors import InvalidInput
from wallet.forms import lint
from wallet.services.form import register_form
from wallet.systems import find_system
from wallet.systems.form import form_of
from wallet.systems.gate import programme_of


@pytest.fixture(scope="module")
def shop() -> Iterator[Counter]:
    with counter("beijing") as opened:
        yield opened


def test_row_42_the_citys_regulation_as_a_preset(shop: Counter) -> None:
    """Seven days while unused, then list prices; no ratio in the text; sports of the young apart."""
    preset = find_system("beijing")
    assert preset.system.custody.ratio.mark == "design"  # the regulation names no ratio
    assert preset.system.custody.ratio.value == 0
    assert preset.under("youth_sport").system.custody.ratio.value == 10_000
    assert {str(one) for one in programme_of(preset).gate.checks} >= {
        "not_dishonest",
        "not_abnormal",
        "filing",
    }
    unused = shop.leave("an", shop.buy("an", "stored-2000").card)
    assert (unused.cause, unused.refund + unused.shortfall) == ("cooling-off", 200_000)
    card = shop.buy("an", "stored-2000").card
    shop.use("an", card, 30_000)
    used = shop.leave("an", card)
    assert (used.cause, used.refund + used.shortfall) == ("consumer", 170_000)


def test_row_24_the_medical_rules_are_marked_as_a_draft() -> None:
    system = find_system("beijing_medical").system
    assert system.status == "draft"
    assert not system.in_force
    assert system.gate.filing_days is not None
    assert system.gate.filing_days.mark == "draft"


@pytest.mark.parametrize(
    "clause",
    [
        "本卡一经售出，概不退款。",
        "购卡后因任何原因均不退还余额。",
        "会员卡遗失不补，余额作废。",
        "卡片丢失的，本院不予补办。",
        "本活动最终解释权归本院所有。",
        "对本合同条款，商家保留最终解释的权利。",
    ],
)
def test_row_25_three_clauses_and_their_paraphrases_are_refused(shop: Counter, clause: str) -> None:
    """The programme's own form passes; with any such clause in it, it is not registered."""
    fair = form_of(find_system("beijing_medical"))
    assert lint(fair).ok
    with pytest.raises(InvalidInput) as caught:
        register_form(shop.context, shop.stage.operator, f"{fair}\n九、{clause}\n", "不公平")
    assert caught.value.error_code == "form-banned"
