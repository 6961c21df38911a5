"""What a preset demands at the gate is what the law says where the preset says law."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wallet.law.limits import ANONYMOUS, REGISTERED, RULES, Sale, card_breach
from wallet.law.programme import DEPOSIT_RULES, SECTORS, Programme
from wallet.systems import find_system, systems
from wallet.systems import gate as module
from wallet.systems.gate import programme_of

SALES = st.builds(
    Sale,
    kind=st.sampled_from(["stored_value", "discount_card", "session", "period", "milestone"]),
    principal=st.one_of(st.integers(0, 2_500_000), st.sampled_from([100_000, 100_001, 500_000, 500_001])),
    sessions=st.integers(0, 70),
    months=st.integers(0, 30),
    registered=st.booleans(),
    others=st.integers(0, 2_500_000),
)


@pytest.mark.parametrize("name", systems())
def test_every_preset_is_a_programme(name: str) -> None:
    """Its form for supervision survives being written down."""
    programme = programme_of(find_system(name))
    assert Programme.from_dict(programme.to_dict()) == programme
    assert {sector for phase in programme.gate.phases for sector in phase.sectors} <= set(SECTORS)


def test_every_deposit_rule_has_a_name_here() -> None:
    assert set(module._DEPOSIT.values()) == set(DEPOSIT_RULES)


def _refused(name: str, sector: str, sale: Sale) -> bool:
    rules = programme_of(find_system(name)).rules_for(sector)
    return any(card_breach(key, rule, sale) is not None for key, rule in rules.items())


@settings(max_examples=60)
@given(SALES)
def test_limits_of_a_preset_are_those_of_the_law(sale: Sale) -> None:
    """Shanghai's sport rules and Beijing's for the young, sale by sale, anonymous cards apart."""
    national = card_breach("mofcom", RULES["mofcom"], sale) is not None
    assert _refused("jinan", "household", sale) is national
    anonymous = not sale.registered and sale.principal > 100_000
    sport = card_breach("sh_sport", RULES["sh_sport"], sale) is not None
    assert _refused("shanghai", "fitness", sale) is (sport or anonymous)
    young = card_breach("bj_youth_sport", RULES["bj_youth_sport"], sale) is not None
    registered_only = _refused("beijing", "youth_sport", sale)
    assert registered_only is (young or anonymous)
    assert {ANONYMOUS, REGISTERED} == {"anonymous", "registered"}
