"""Looking: cards in a list, one as a picture, one as a history."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Option

from cli.commands.card.backing import behind
from cli.desk import Desk, desk_of, open_desk
from cli.draw import Picture, draw, watch
from cli.figures import figures
from cli.options import As, CardId
from cli.output import Result
from cli.session import Session, session_of
from cli.text import table
from cli.values import format_time
from wallet.errors import EnvironmentFault, InvalidInput
from wallet.money import format_yuan
from wallet.rules import Unit
from wallet.rules.quantities import format_quantity

if TYPE_CHECKING:
    from wallet.services.cards import CardView, HistoryEntry

MONEY = frozenset(
    {"paid", "released", "refund", "to_collect", "shortfall", "amount", "listed"}
    | {"moved", "top_up", "cash_back", "left"}
)
"""Values of events that are fen."""


def list_(
    ctx: typer.Context,
    sold_by: Annotated[str | None, Option("--sold-by", metavar="WHO")] = None,
    who: As = None,
) -> Result:
    """A consumer's cards, or those a merchant sold; oldest first, read from the chain."""
    from wallet.services.cards import list_cards, list_sold

    desk = open_desk(ctx)
    t = desk.session.t
    if sold_by is not None:
        found = list_sold(desk.context, desk.address(sold_by, where="--sold-by"))
    else:
        found = list_cards(desk.context, desk.person(who, "alice").address)
    if not found:
        return Result([], t("card.none"))
    rows = [
        (
            view.card[:10],
            t(f"status.{view.status}"),
            desk.name(view.owner),
            view.merchant_name,
            view.product_name,
            format_yuan(view.principal),
            format_yuan(view.released),
            format_yuan(view.held if view.status == "open" else 0),
        )
        for view in found
    ]
    head = [t(f"head.{name}") for name in ("card", "status", "consumer", "merchant", "product")]
    head += [t("head.paid-in"), t("head.released"), t("head.frozen")]
    return Result(
        [_data(view) for view in found], table(head, rows, right=[5, 6, 7], style=desk.session.style)
    )


def show(
    ctx: typer.Context, card: CardId, watching: Annotated[bool, Option("--watch", "-w")] = False
) -> Result:
    """With --watch the picture stays on the screen and follows the chain until Ctrl-C."""
    session = session_of(ctx)
    if not watching:
        desk = open_desk(ctx)
        view = _view(desk, card)
        return Result(_data(view), _picture(view, desk))
    if session.settings.json or not sys.stdout.isatty():
        raise InvalidInput(
            session.t("card.watch-screen"), hint=session.t("card.watch-screen-hint"), code="usage"
        )
    watch(_Frames(session, card).next)
    return Result(None)


def history(ctx: typer.Context, card: CardId) -> Result:
    """Everything that happened to a card, from the chain's events."""
    from wallet.services.cards import history as tell
    from wallet.services.cards import show_card

    desk = open_desk(ctx)
    t = desk.session.t
    view = show_card(desk.context, card)
    entries = tell(desk.context, view.card)
    rows = [
        (
            format_time(one.time),
            t(f"event.{one.event}"),
            one.reference,
            _values(one, view.unit),
            one.transaction,
        )
        for one in entries
    ]
    head = [t(f"head.{name}") for name in ("time", "event", "reference", "values", "transaction")]
    return Result(entries, table(head, rows, style=desk.session.style))


class _Frames:
    """Pictures of one card, each from a chain opened and let go again, so that others can use it between."""

    def __init__(self, session: Session, card: str) -> None:
        self._session, self._card, self._last = session, card, ""

    def next(self) -> str:
        session = Session(self._session.t, self._session.settings)
        try:
            with session.exits:
                desk = desk_of(session)
                self._last = _picture(_view(desk, self._card), desk)
        except EnvironmentFault as fault:
            # Another command holds the chain for a moment: the picture stays, with the reason below.
            return f"{self._last}\n\n{fault}"
        return self._last


def _view(desk: Desk, card: str) -> CardView:
    from wallet.services.cards import show_card

    return show_card(desk.context, card)


def _data(view: CardView) -> dict[str, Any]:
    frozen = view.held if view.status == "open" else 0
    money = figures(view)
    return {**asdict(view), "paid_in": money.paid_in, "frozen": frozen, "refunded": money.refunded}


def _picture(view: CardView, desk: Desk) -> str:
    t = desk.session.t
    is_open = view.status == "open"
    facts = [
        (t("head.consumer"), desk.name(view.owner)),
        (t("head.sub-wallet"), view.sub_wallet),
        (t("head.used"), _use(view, desk)),
        (t("head.opened"), format_time(view.opened_at)),
        *_beside(view, desk),
    ]
    picture = Picture(
        card=view.card[:10],
        title=f"{view.merchant_name} · {view.product_name}",
        status=t(f"status.{view.status}"),
        paid_in=view.principal,
        bonus=view.bonus,
        released=view.released,
        frozen=view.held if is_open else 0,
        refunded=figures(view).refunded,
        owed=view.refund_now if is_open else None,
        waiting=view.held if view.status == "owing" else 0,
        shortfall=view.held if view.status == "short" else view.shortfall_now,
        facts=tuple(facts),
    )
    return draw(picture, t, desk.session.style)


def _beside(view: CardView, desk: Desk) -> list[tuple[str, str]]:
    """What only some cards have: guarantors, a certifier, something found, a dispute."""
    t, facts = desk.session.t, []
    backed = behind(desk, view.card)
    if backed:
        facts.append((t("card.behind"), backed))
    if view.certifier:
        waits = f" ({t('moving.waits')})" if view.unconfirmed and view.status == "open" else ""
        facts.append((t("moving.certifier"), desk.name(view.certifier) + waits))
    if view.not_consumer:
        facts.append((t("moving.cause"), t("moving.found-cause")))
    if view.dispute not in ("", "none"):
        facts.append((t("moving.dispute"), t(f"dispute-step.{view.dispute}")))
    return facts


def _use(view: CardView, desk: Desk) -> str:
    t, unit = desk.session.t, Unit(view.unit)
    used = format_quantity(view.used, unit)
    if view.capacity is not None:
        used = t("card.used", used=used, capacity=format_quantity(view.capacity, unit))
    return t(f"unit.{view.unit}", amount=used)


def _values(entry: HistoryEntry, unit: str) -> str:
    shown = []
    for name, value in entry.values.items():
        if name in MONEY:
            shown.append(f"{name}={format_yuan(int(value))}")
        elif name == "used":
            shown.append(f"{name}={format_quantity(int(value), Unit(unit))}")
        elif name not in ("charge", "merchant"):
            shown.append(f"{name}={value}")
    return " ".join(shown)
