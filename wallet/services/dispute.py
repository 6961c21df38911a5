"""A complaint about a card, step by step: with the merchant, before an authority or association, ruled.

Each step is a transaction of the one whose turn it is; a consumer without coin signs its step and anyone
carries it. The chain sees hashes of what is said, the words travel as documents. What was found counts for
the card once it is applied: see `finding`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wallet.bindings.abi import encode
from wallet.bindings.disputes import Disputes
from wallet.bindings.events import DisputeRaised, DisputeRefused, DisputeRuled
from wallet.bindings.runtime import Call, ask
from wallet.bindings.structs import SignedStep
from wallet.eip712.messages import DisputeStep
from wallet.errors import InvalidInput
from wallet.exchange import Statement
from wallet.exchange.statements import new_salt
from wallet.rules import day_of
from wallet.services.context import Context
from wallet.services.onboard import name_of
from wallet.services.records import CardRecord, find_card
from wallet.services.sealing import sign, words_of
from wallet.services.sending import send
from wallet.signing.disputes import (
    FORUMS,
    GROUNDS,
    STEPS,
    concession_sentence,
    ruling_sentence,
    step_sentence,
)
from wallet.signing.sentence import Shown
from wallet.signing.signer import Signer

VALID = 3600
"""Seconds in which a signed step must reach the chain, unless told otherwise."""
ANY_LISTED = (1 << 256) - 1
"""As in Disputes.sol: nothing is said about the list-price total."""
_CHINA, _DAY = 8 * 3600, 86_400


@dataclass(frozen=True, slots=True)
class DisputeView:
    """Where a card's dispute stands, and what was found. Times in unix seconds, `listed_at_most` in fen.

    `reason` is the hash of the complaint's words. The consumer may go on without the merchant's answer from
    `answer_by` on (0 where it is not the merchant's turn). `upheld`: an arbiter found that the consumer is
    not the cause. `listed_at_most` is None where the list-price total was left alone.
    """

    card: str
    step: str
    ground: str
    forum: str
    number: int
    raised_at: int
    since: int
    answer_by: int
    reason: str
    upheld: bool
    not_consumer: bool
    listed_at_most: int | None
    found_at: int
    transaction: str = ""
    """Hash of the transaction that brought it there, if this is the answer to one."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A consumer's step, not yet signed or sent; `words` belong to a complaint."""

    sentence: str
    record: CardRecord
    message: DisputeStep
    words: Statement | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """What a merchant concedes or an arbiter rules, not yet sent."""

    sentence: str
    record: CardRecord
    not_consumer: bool
    listed_at_most: int
    words: Statement | None = None


def disputes_of(context: Context) -> Disputes:
    """The platform's contract for disputes; EnvironmentFault `part-missing` if it was deployed without."""
    return Disputes(context.platform.part("Disputes"))


def show_dispute(context: Context, card: str) -> DisputeView:
    """The dispute about a card, step "none" if there never was one."""
    return _view(context, find_card(context, card))


def statement(
    context: Context, author: str, card: str, words: str, *, salt: bytes | None = None
) -> Statement:
    """The words of one side, salted; to be kept, since the chain remembers only their hash."""
    record = find_card(context, card)
    made = Statement(context.platform.chain_id, record.wallet, record.card, author, words, salt or new_salt())
    if not words.strip():
        raise InvalidInput(
            "a statement needs words", hint="say what it is about with --words", code="no-words"
        )
    made.check()
    return made


def confirm_words(context: Context, words: Statement) -> str:
    """What these words are on the chain: "complaint", "answer" or "ruling".

    Raises InvalidInput `words-unknown` if nobody said them there.
    """
    record = find_card(context, "0x" + words.card.hex())
    found = dict(_hashes(context, record))
    if words.hash not in found:
        raise InvalidInput(
            f"nothing on the chain about card 0x{words.card.hex()} has the hash of these words",
            hint="they were altered, or belong to another dispute",
            code="words-unknown",
            card="0x" + words.card.hex(),
        )
    return found[words.hash]


# ------------------------------------------------------------------------------------- the consumer's steps


def preview_complaint(
    context: Context, consumer: str, card: str, ground: str, words: Statement, *, valid: int = VALID
) -> Wish:
    """Bring something before the merchant; `ground` is one of GROUNDS."""
    record = find_card(context, card, owner=consumer)
    what = _choice(ground, GROUNDS, "ground")
    return _wish(context, record, STEPS.index("negotiating"), what, words, valid, next_round=True)


def preview_escalation(context: Context, consumer: str, card: str, forum: str, *, valid: int = VALID) -> Wish:
    """Go on to an authority or a consumer association, once the merchant was heard."""
    record = find_card(context, card, owner=consumer)
    what = _choice(forum, FORUMS, "forum")
    return _wish(context, record, STEPS.index("escalated"), what, None, valid)


def preview_settlement(context: Context, consumer: str, card: str, *, valid: int = VALID) -> Wish:
    """Let it rest; what was conceded stays."""
    return _wish(context, find_card(context, card, owner=consumer), STEPS.index("settled"), 0, None, valid)


def take_step(
    context: Context, consumer: Signer, wish: Wish, *, carrier: Signer | None = None
) -> DisputeView:
    """Do what `wish` says: the consumer sends it, or with a `carrier` signs it and that one carries.

    Raises the contract's typed error where the step does not follow: DisputesNotRaised,
    DisputesMerchantNotHeard, DisputesWrongStep.
    """
    record, message = wish.record, wish.message
    contract = disputes_of(context)
    call: Call[None]
    if carrier is not None:
        signature = _sign(context, consumer, wish)
        step = SignedStep(message.step, message.what, message.reason, message.round, message.deadline)
        call = contract.take_signed(record.wallet, record.terms, step, signature)
    elif message.step == STEPS.index("negotiating"):
        call = contract.raise_(record.wallet, record.terms, message.what, message.reason)
    elif message.step == STEPS.index("escalated"):
        call = contract.escalate(record.wallet, record.terms, message.what)
    else:
        call = contract.settle(record.wallet, record.terms)
    return _say(context, carrier or consumer, record, call, STEPS[message.step])


# ----------------------------------------------------------------------------- the merchant's and arbiter's


def refuse(context: Context, merchant: Signer, card: str, answer: Statement) -> DisputeView:
    """The merchant refuses, with its answer."""
    record = find_card(context, card)
    call = disputes_of(context).refuse(record.wallet, record.terms, answer.hash)
    return _say(context, merchant, record, call, "refuse")


def preview_word(
    context: Context,
    card: str,
    *,
    not_consumer: bool,
    listed_at_most: int | None = None,
    words: Statement | None = None,
) -> Word:
    """What conceding, or ruling with `words`, would find: cause, and most for the list-price total (fen)."""
    record = find_card(context, card)
    limit = ANY_LISTED if listed_at_most is None else listed_at_most
    say = concession_sentence if words is None else ruling_sentence
    sentence = say(record.card, _shown(context, record), not_consumer=not_consumer, listed=listed_at_most)
    return Word(sentence, record, not_consumer, limit, words)


def concede(context: Context, merchant: Signer, word: Word) -> DisputeView:
    """The merchant gives way, dispute or not. The dispute is settled only when the consumer says so."""
    record = word.record
    call = disputes_of(context).concede(record.wallet, record.terms, word.not_consumer, word.listed_at_most)
    return _say(context, merchant, record, call, "concede")


def rule(context: Context, arbiter: Signer, word: Word) -> DisputeView:
    """An arbiter rules on a dispute that was escalated; DisputesNotEscalated otherwise."""
    record, words = word.record, word.words
    assert words is not None, "a ruling has reasons"
    call = disputes_of(context).rule(
        record.wallet, record.terms, word.not_consumer, word.listed_at_most, words.hash
    )
    return _say(context, arbiter, record, call, "rule")


def appoint(context: Context, admin: Signer, arbiter: str) -> str:
    """Let somebody rule on disputes; the transaction's hash."""
    contract = disputes_of(context)
    call = contract.grant_role(ask(context.chain, contract.arbiter()), arbiter)
    return "0x" + send(context, admin, call, f"appoint arbiter {arbiter}").receipt.tx_hash.hex()


# --------------------------------------------------------------------------------------------------- inside


def _wish(
    context: Context,
    record: CardRecord,
    step: int,
    what: int,
    words: Statement | None,
    valid: int,
    *,
    next_round: bool = False,
) -> Wish:
    now = context.chain.now()
    number = ask(context.chain, disputes_of(context).dispute_of(record.wallet, record.card)).round_
    message = DisputeStep(
        record.card,
        step,
        what,
        bytes(32) if words is None else words.hash,
        number + 1 if next_round else number,
        now + valid,
    )
    return Wish(step_sentence(message, _shown(context, record)), record, message, words)


def _sign(context: Context, consumer: Signer, wish: Wish) -> bytes:
    message, words = wish.message, wish.words
    return sign(
        context,
        consumer,
        wish.record,
        message,
        deadline=message.deadline,
        note={"step": STEPS[message.step], "round": message.round, "sentence": wish.sentence},
        reference=None if words is None else words_of(words.words, words.salt),
    )


def _say(context: Context, by: Signer, record: CardRecord, call: Call[None], what: str) -> DisputeView:
    receipt = send(context, by, call, f"dispute {what} {record.card.hex()[:8]}").receipt
    return _view(context, record, "0x" + receipt.tx_hash.hex())


def _view(context: Context, record: CardRecord, transaction: str = "") -> DisputeView:
    contract, chain = disputes_of(context), context.chain
    dispute = ask(chain, contract.dispute_of(record.wallet, record.card))
    not_consumer, listed, _, found_at = ask(chain, contract.finding_of(record.wallet, record.card))
    step = STEPS[dispute.step]
    days = ask(chain, contract.negotiation_days())
    first_free = (day_of(dispute.raised_at) + days + 1) * _DAY - _CHINA
    return DisputeView(
        card="0x" + record.card.hex(),
        step=step,
        ground="" if step == "none" else GROUNDS[dispute.ground],
        forum=FORUMS[dispute.forum] if step in ("escalated", "ruled") else "",
        number=dispute.round_,
        raised_at=dispute.raised_at,
        since=dispute.since,
        answer_by=first_free if step == "negotiating" else 0,
        reason="0x" + dispute.reason.hex(),
        upheld=dispute.upheld,
        not_consumer=not_consumer,
        listed_at_most=None if listed == ANY_LISTED else listed,
        found_at=found_at,
        transaction=transaction,
    )


def _hashes(context: Context, record: CardRecord) -> list[tuple[bytes, str]]:
    """Hash of every statement in the card's disputes, and what it is."""
    topics: list[bytes | Sequence[bytes] | None] = [
        [DisputeRaised.TOPIC, DisputeRefused.TOPIC, DisputeRuled.TOPIC],
        encode("(address)", (record.wallet,)),
        record.card,
    ]
    found = []
    for log in context.chain.logs(disputes_of(context).address, topics, context.platform.block):
        if log.topics[0] == DisputeRaised.TOPIC:
            found.append((DisputeRaised.decode(log).reason, "complaint"))
        elif log.topics[0] == DisputeRefused.TOPIC:
            found.append((DisputeRefused.decode(log).answer, "answer"))
        else:
            found.append((DisputeRuled.decode(log).ruling, "ruling"))
    return found


def _shown(context: Context, record: CardRecord) -> Shown:
    return Shown(name_of(context, record.terms.merchant), context.chain.now(), context.language)


def _choice(wanted: str, known: Sequence[str], where: str) -> int:
    if wanted not in known:
        raise InvalidInput(
            f"{where}: {wanted!r} is none of {', '.join(known)}",
            hint="say one of them",
            code="unknown-choice",
            where=where,
            value=wanted,
            known=", ".join(known),
        )
    return known.index(wanted)
