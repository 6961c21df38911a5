"""A command that dies at any step, and is given again: everything happened once, and every fen is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.moving.street import Street
from tests.supervision.town import Town
from wallet.errors import PrepaidError
from wallet.services import onboard, shortfall, transfer
from wallet.services.context import open_context

SENDING = ("prepared", "sent", "marked-sent", "mined", "marked-mined")


class Killed(BaseException):
    """The process is gone: nothing catches this."""


class Lab:
    """One chain and one journal, opened anew by each command."""

    def __init__(self, street: Street, folder: Path) -> None:
        self._street, self._folder = street, folder

    def run(self, act: Callable[[Street], object], *, die_at: str = "", passes: int = 0) -> str:
        """A command that dies once `die_at` has passed so often: "done", "killed", or an error's code."""
        left = passes

        def die_there(name: str) -> None:
            nonlocal left
            if name == die_at:
                if left == 0:
                    raise Killed
                left -= 1

        chain = self._street.town.chain
        context, _ = open_context(
            chain,
            ledger=self._folder / "killed.sqlite",
            deployments=self._street.context.deployments,
            on_step=die_there,
        )
        try:
            act(Street(Town(context, chain, self._street.town.people)))
            return "done"
        except Killed:
            return "killed"
        except PrepaidError as refused:
            return refused.error_code
        finally:
            context.journal.close()


@pytest.fixture
def lab(street: Street, tmp_path: Path) -> Lab:
    return Lab(street, tmp_path)


@pytest.mark.parametrize("step", ["authorisation-recorded", *SENDING])
@pytest.mark.parametrize("passes", [0, 1])  # while the permit is carried, and while the transfer is
def test_a_transfer_killed_at(street: Street, lab: Lab, step: str, passes: int) -> None:
    """One card or the other, never none, never two; repeated, the command says so or finishes."""
    card = street.buy(street.sell("储值"))
    product = street.sell("乙储值", by=street.other, principal=150_000)
    money = street.all_money()

    def move(at: Street) -> object:
        quoted = transfer.preview_transfer(at.context, at.alice.address, card, product)
        return transfer.transfer(at.context, at.alice, quoted, carrier=at.carrier)

    assert lab.run(move, die_at=step, passes=passes) == "killed"
    assert street.all_money() == money
    assert lab.run(move) in ("done", "begun-before", "card-not-open")
    assert street.all_money() == money
    assert street.state(card).status.name == "CLOSED"
    assert street.wallet() == 150_000


@pytest.mark.parametrize("step", SENDING)
@pytest.mark.parametrize("passes", [0, 1])  # while the allowance is given, and while it is paid
def test_a_payment_of_a_shortfall_killed_at(street: Street, lab: Lab, step: str, passes: int) -> None:
    """The consumer has it once."""
    card = street.buy(street.sell("储值", custody_bps=4_000, advance=60_000))
    onboard.stop(street.context, street.town.operator, street.clinic.address)
    street.leave(card)
    before = street.cash(street.alice)

    def pay(at: Street) -> object:
        debt = shortfall.preview_shortfall(at.context, at.clinic.address, card, 25_000)
        return shortfall.pay_shortfall(at.context, at.clinic, debt)

    assert lab.run(pay, die_at=step, passes=passes) == "killed"
    if (step, passes) == ("marked-mined", 1):
        return  # all was done and written down; who gives the command again means another payment
    assert lab.run(pay) in ("done", "begun-before")
    assert street.cash(street.alice) - before == 25_000
