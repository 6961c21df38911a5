"""A merchant's settlement account to test with, and the plan it was opened for."""

from __future__ import annotations

from typing import Any

from tests.contracts.harness import Contract, World, artefact

PLAN = (
    "token", "merchant", "platform", "fund", "bank", "feeBps", "levyBps", "fastFeeBps", "settleDays", "fast",
)  # fmt: skip


def plan_of(world: World, **changes: Any) -> tuple[Any, ...]:
    """1 % to the platform, 0.5 % to the fund, two days' wait, 0.2 % for not waiting; or as `changes` say."""
    base = {
        "token": world.yuan, "merchant": world.shop, "platform": world.account("platform"),
        "fund": world.account("fund"), "bank": world.account("bank"), "feeBps": 100, "levyBps": 50,
        "fastFeeBps": 20, "settleDays": 2, "fast": True,
    }  # fmt: skip
    assert set(changes) <= set(base)
    return tuple((base | changes)[name] for name in PLAN)


def account_of(world: World, **changes: Any) -> Contract:
    """An account for that plan."""
    settlements = world.deploy("Settlements")
    address = settlements.open(plan_of(world, **changes))
    return world.at(address, artefact("SettlementAccount"))


def pay_in(world: World, account: Contract, fen: int) -> None:
    """Money arrives, as a card pays it."""
    world.yuan.mint(account, fen, sender=world.issuer)
