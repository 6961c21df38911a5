"""What regulators, banks and operators put on record about merchants and consumers, one function each.

Each writes one dated fact, if the speaker's role allows it. What follows from the facts is `watch`'s to do.
"""

from __future__ import annotations

from wallet.errors import InvalidInput
from wallet.law.licence import credit_code_fault
from wallet.law.limits import WALLET_CLASSES
from wallet.law.programme import FULL
from wallet.services.context import Context
from wallet.services.office import need_office
from wallet.signing.signer import Signer
from wallet.supervision.application import LISTS
from wallet.supervision.facts import Fact

MAX_WORDS = 500


def open_phase(context: Context, by: Signer, phase: int) -> Fact:
    """Open the next phase of the programme: more sectors, more districts (rows 35, 63, 78)."""
    with need_office(context) as office:
        last = max(1, len(office.programme.gate.phases))
        if not 1 <= phase <= last:
            raise InvalidInput(
                f"phase: {phase} is none of the {last} that {office.programme.name} has",
                hint=f"say a number from 1 to {last}",
                code="unknown-phase",
                value=phase,
                most=last,
                programme=office.programme.name,
            )
        return office.say("phase-opened", "", by, phase=phase)


def put_on_list(context: Context, by: Signer, code: str, name: str, why: str) -> Fact:
    """Put a firm, by its credit code, on the list of dishonest, abnormal or deregistering firms."""
    with need_office(context) as office:
        return office.say("listed", _code(code), by, list=_list(name), why=words(why))


def take_off_list(context: Context, by: Signer, code: str, name: str, why: str) -> Fact:
    """Take it off again."""
    with need_office(context) as office:
        return office.say("unlisted", _code(code), by, list=_list(name), why=words(why))


def whitelist(context: Context, by: Signer, merchant: str, *, on: bool = True) -> Fact:
    """Put a merchant on the whitelist of those that may have money early (row 30), or take it off."""
    with need_office(context) as office:
        return office.say("whitelisted" if on else "unwhitelisted", merchant, by)


def note_violation(context: Context, by: Signer, merchant: str, points: int, why: str) -> Fact:
    """A regulator's finding, worth 1 to 10000 points in the first feed."""
    with need_office(context) as office:
        return office.say("violation", merchant, by, points=_points(points), why=words(why))


def note_anomaly(context: Context, by: Signer, merchant: str, points: int, why: str) -> Fact:
    """Something odd in the account, seen by the bank, worth 1 to 10000 points in the second feed."""
    with need_office(context) as office:
        return office.say("bank-anomaly", merchant, by, points=_points(points), why=words(why))


def declare_risk(context: Context, by: Signer, merchant: str, why: str) -> Fact:
    """A major risk: from now on it takes no prepayments (消费者权益保护法实施条例 art. 22)."""
    with need_office(context) as office:
        return office.say("major-risk", merchant, by, why=words(why))


def lift_risk(context: Context, by: Signer, merchant: str, why: str) -> Fact:
    """The risk is over; the next watch lets it sell again if nothing else is against it."""
    with need_office(context) as office:
        return office.say("risk-over", merchant, by, why=words(why))


def set_wallet_class(context: Context, by: Signer, consumer: str, number: int) -> Fact:
    """Note the class of a consumer's e-CNY wallet, 1 (face to face) to 4 (phone number only)."""
    if number not in WALLET_CLASSES:
        raise InvalidInput(
            f"wallet class: {number} does not exist",
            hint="there are 1 to 4",
            code="unknown-wallet-class",
            value=number,
        )
    with need_office(context) as office:
        return office.say("wallet-class", consumer, by, wallet_class=number)


def words(text: str) -> str:
    """A reason as it is kept: some words, on one line."""
    text = " ".join(text.split())
    if not text or len(text) > MAX_WORDS:
        raise InvalidInput(
            f"the words are {'missing' if not text else f'longer than {MAX_WORDS} characters'}",
            hint="say in a sentence what happened",
            code="invalid-words",
            length=len(text),
            most=MAX_WORDS,
        )
    return text


def _points(points: int) -> int:
    if not 1 <= points <= FULL:
        raise InvalidInput(
            f"points: {points} is not from 1 to {FULL}",
            hint=f"{FULL} is the worst there is",
            code="invalid-points",
            value=points,
            most=FULL,
        )
    return points


def _list(name: str) -> str:
    if name not in LISTS:
        known = ", ".join(LISTS)
        raise InvalidInput(
            f"list: {name!r} is none of {known}",
            hint=f"say {known}",
            code="unknown-list",
            value=name,
            known=known,
        )
    return name


def _code(code: str) -> str:
    fault = credit_code_fault(code)
    if fault:
        raise InvalidInput(
            f"credit code: {code!r} is not genuine: {fault}",
            hint="copy the 18 characters from the licence (GB 32100-2015)",
            code="invalid-credit-code",
            value=code,
        )
    return code
