"""`prepaid policy`: what the wallet signs by itself, asks about, or refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Option

from cli.output import Result
from cli.people import People
from cli.session import Session, session_of
from cli.text import pairs
from wallet.errors import InvalidInput
from wallet.money import format_yuan, parse_yuan

if TYPE_CHECKING:
    from wallet.signing.policy import Limit, Outcome, Policy

app = typer.Typer()

NONE = "none"
"""Instead of an amount: no such limit."""

LARGEST = 10**14


@app.command()
def show(ctx: typer.Context) -> Result:
    """The rules in force; without a file everything is allowed."""
    from wallet.signing.policy import load_policy

    session = session_of(ctx)
    return _result(load_policy(session.home().policy), session)


@app.command("set")
def change(
    ctx: typer.Context,
    per_charge: Annotated[str | None, Option("--per-charge", metavar="YUAN")] = None,
    per_day: Annotated[str | None, Option("--per-day", metavar="YUAN")] = None,
    merchant: Annotated[list[str] | None, Option("--merchant", metavar="WHO")] = None,
    any_merchant: Annotated[bool, Option("--any-merchant")] = False,
    over: Annotated[str | None, Option("--over", metavar="ask|refuse")] = None,
) -> Result:
    """Rules not named stay as they are; `--over` without a rule changes the outcome of all of them."""
    from wallet.signing.policy import Allowed, load_policy, save_policy

    session = session_of(ctx)
    t = session.t
    names_rule = bool(per_charge or per_day or merchant or any_merchant)
    if not names_rule and over is None:
        raise InvalidInput(t("policy.nothing"), hint=t("policy.nothing-hint"), code="usage")
    if merchant and any_merchant:
        raise InvalidInput(t("policy.both"), hint=t("policy.both-hint"), code="usage")
    outcome = _outcome(over)
    path = session.home().policy
    policy = load_policy(path)
    if not names_rule:
        policy = _with_outcome(policy, outcome)
    if per_charge:
        policy = replace(policy, per_charge=_limit(per_charge, "--per-charge", outcome))
    if per_day:
        policy = replace(policy, per_day=_limit(per_day, "--per-day", outcome))
    if merchant:
        people = People(session.home())
        addresses = frozenset(people.find(name, where="--merchant").address for name in merchant)
        policy = replace(policy, merchants=Allowed(addresses, outcome))
    if any_merchant:
        policy = replace(policy, merchants=None)
    save_policy(path, policy)
    return _result(policy, session)


def _outcome(text: str | None) -> Outcome:
    from wallet.signing.policy import Outcome

    choices = {"ask": Outcome.ASK, "refuse": Outcome.REFUSE}
    if text is not None and text not in choices:
        raise InvalidInput(
            f"--over: {text!r} is no outcome", hint="ask or refuse", code="usage", outcome=text
        )
    return choices[text or "ask"]


def _limit(text: str, where: str, outcome: Outcome) -> Limit | None:
    from wallet.signing.policy import Limit

    if text == NONE:
        return None
    return Limit(parse_yuan(text, where=where, limit=LARGEST), outcome)


def _with_outcome(policy: Policy, outcome: Outcome) -> Policy:
    return replace(
        policy,
        per_charge=policy.per_charge and replace(policy.per_charge, outcome=outcome),
        per_day=policy.per_day and replace(policy.per_day, outcome=outcome),
        merchants=policy.merchants and replace(policy.merchants, outcome=outcome),
    )


def _result(policy: Policy, session: Session) -> Result:
    t = session.t
    if policy.per_charge is None and policy.per_day is None and policy.merchants is None:
        return Result(policy, t("policy.none"))
    rows = [
        (t(f"policy.{name}"), t(f"policy.over-{limit.outcome.value}", amount=format_yuan(limit.fen)))
        for name, limit in (("per-charge", policy.per_charge), ("per-day", policy.per_day))
        if limit is not None
    ]
    if policy.merchants is not None:
        listed = ", ".join(sorted(policy.merchants.merchants))
        sentence = t(f"policy.else-{policy.merchants.outcome.value}", listed=listed)
        rows.append((t("policy.merchants"), sentence))
    return Result(policy, pairs(rows))
