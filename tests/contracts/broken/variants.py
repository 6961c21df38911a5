"""Sub-wallets broken on purpose, each by a small change of the source text.

The invariant search is only worth something if it finds these, and the slips of `slips.py`, each of which a
directed test sees as well. A change names a piece of text that must stand in the files of `core/` exactly
once; when the source moves on, the piece is looked up anew. In the new text `$` stands for "this variant is
meant": such changes are compiled together, and a number in the bytecode says which is in force.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from tests.contracts.broken.seen import (
    COLLECTED,
    CONSERVED,
    COVERED,
    ENDED,
    ENOUGH,
    EXIT,
    ONLY,
    OPEN_CARDS,
    OWN,
    REFUND,
    RIGHT,
    SEEN,
    SHORTFALL,
    SIGNED,
    THERE,
    TIME,
    UNRELIABLE,
    WORKS,
)
from tests.contracts.broken.slips import SLIPS, Slip
from tests.contracts.harness import CACHE
from wallet.compiler import Artefact, find_compiler
from wallet.compiler.compile import compile_sources
from wallet.compiler.sources import OWN_PREFIX, Source, SourceSet, collect, package_sources

CORE = f"{OWN_PREFIX}core/"
MAIN = f"{CORE}SubWallet.sol"
SWITCH = "uint256 private immutable CHAIN = block.chainid;"
MARK = bytes.fromhex("b5a1c7d93e0f82461735cadb9f60e2841b7d59c3a0f4e6283c95d1b7402e8fa6")
"""Stands in a shared contract's creation code where the number of the variant goes."""
MEANT = "function _isMeant(uint256 number) internal view returns (bool) { return VARIANT == number; }"
MOST = 75
"""Changes in one contract: its code has a limit, and so the question which one is meant is kept short."""

# Pieces of the source that are too long for one line below.
IN_TIME = "function _requireInTime(uint256 deadline) internal view {"
GUARD = """
    error ReentrancyGuardReentrantCall();

    bool private transient _isInside;

    modifier nonReentrant() {
        if (_isInside && !($)) revert ReentrancyGuardReentrantCall();
        _isInside = true;
        _;
        _isInside = false;
    }
"""
QUOTE = "(uint256 owed, Cause cause) = _quote(terms, card);"


@dataclass(frozen=True, slots=True)
class Variant:
    """What is wrong, how it is made, the properties of which one must be seen to break, and whether it takes
    registries that fail or lie to see it."""

    name: str
    old: str
    new: str
    breaks: tuple[str, ...]
    unreliable: bool = False


VARIANTS = (
    Variant(
        "loses a fen of each release",
        "return (card.withMoney(total, principal - total)",
        "return (card.withMoney(total, principal - total - ($ && total != principal ? 1 : 0))",
        (OPEN_CARDS,),
    ),
    Variant(
        "forgets what was already paid",
        "paid = after_.released() - card.released();",
        "paid = $ ? after_.released() : after_.released() - card.released();",
        (ONLY, WORKS),
    ),
    Variant(
        "lets a total fall",
        "if (usedAfter < used || listed",
        "if (!($) && usedAfter < used || listed",
        (SIGNED,),
    ),
    Variant(
        "takes the same authorisation twice",
        "|| (usedAfter == used && listedAfter == listed)",
        "|| (!($) && usedAfter == used && listedAfter == listed)",
        (SIGNED,),
    ),
    Variant(
        "takes a voided epoch",
        "if (epoch != card.epoch())",
        "if ($ ? epoch > card.epoch() : epoch != card.epoch())",
        (SIGNED,),
    ),
    Variant(
        "ends a card on a voided signature",
        "Messages.hashWithLast(message, oldest), signature);",
        "Messages.hashWithLast(message, $ ? 0 : oldest), signature);",
        (SIGNED, WORKS, RIGHT),
    ),
    Variant(
        "forgets deadlines",
        "if (block.timestamp > deadline) revert",
        "if (!($) && block.timestamp > deadline) revert",
        (SIGNED,),
    ),
    Variant(
        "ends a deadline one second early",
        IN_TIME,
        IN_TIME + "\n        if ($ && deadline == block.timestamp) --deadline;",
        (WORKS, RIGHT),
    ),
    Variant(
        "moves more than was signed",
        "if (paid > consumption.maxPay) revert",
        "if (!($) && paid > consumption.maxPay) revert",
        (ENOUGH,),
    ),
    Variant(
        "releases all as an advance",
        "_releaseAt(terms, _cards[id], block.timestamp, most);",
        "_releaseAt(terms, _cards[id], block.timestamp, $ ? type(uint256).max : most);",
        (ENOUGH,),
    ),
    Variant(
        "accrues during cooling-off",
        "if (period == 0 || elapsed <= terms.coolingDays()) return 0;",
        "if (period == 0 || (!($) && elapsed <= terms.coolingDays())) return 0;",
        (TIME, REFUND),
    ),
    Variant(
        "refunds more than is held",
        "refund = owed < held ? owed : held;",
        "refund = $ || owed < held ? owed : held;",
        (EXIT, WORKS, REFUND),
    ),
    Variant(
        "lets a template owe nothing", "if (owed < least) owed", "if (!($) && owed < least) owed", (REFUND,)
    ),
    Variant(
        "lets a template owe more than was paid",
        "if (owed > principal) owed = principal;",
        "if (owed > principal) owed = principal + ($ ? 1 : 0);",
        ("a shortfall is what the merchant had in advance",),
    ),
    Variant(
        "lets a failing template stop the exit",
        "if (!ok) return principal",
        "require(ok || !($));\n        if (!ok) return principal",
        (EXIT,),
    ),
    Variant(
        "takes a fee whoever is the cause",
        "if (cause == Cause.Consumer) owed",
        "if ($ || cause == Cause.Consumer) owed",
        (REFUND,),
    ),
    Variant(
        "forgets that the merchant stopped",
        "if (known && !stopped) return",
        "if (known && ($ || !stopped)) return",
        (REFUND,),
    ),
    Variant(
        "forgets the least refund",
        "if (refund < minRefund) revert",
        "if (!($) && refund < minRefund) revert",
        (REFUND, RIGHT),
    ),
    Variant(
        "asks for the merchant's leave to end a card",
        QUOTE,
        "require(!($) || MERCHANTS.maySell(terms.merchant));\n        " + QUOTE,
        (EXIT, WORKS),
    ),
    Variant(
        "lets anybody act as the consumer",
        "if (msg.sender != consumer) revert",
        "if (!($) && msg.sender != consumer) revert",
        (SIGNED,),
    ),
    Variant(
        "opens a card again",
        "if (Slot.unwrap(_cards[id]) != 0) revert",
        "if (!($) && Slot.unwrap(_cards[id]) != 0) revert",
        (SIGNED,),
    ),
    Variant(
        "takes vouchers that were not agreed",
        "if (!terms.takesVouchers()) revert",
        "if (!($) && !terms.takesVouchers()) revert",
        (SIGNED,),
    ),
    Variant(
        "pays out twice what it owes",
        "_cards[id] = card.ended(Status.Closed, 0);",
        "if (!($)) _cards[id] = card.ended(Status.Closed, 0);",
        (COLLECTED, ENDED, CONSERVED, WORKS),
    ),
    Variant(
        "pays whoever carries the message",
        "_collect(terms, terms.recipient());",
        "_collect(terms, $ ? msg.sender : terms.recipient());",
        (ONLY,),
    ),
    Variant(
        "sweeps what is owed to merchants",
        "|| status == Status.Owing)",
        "|| (!($) && status == Status.Owing))",
        (ONLY, THERE),
    ),
    Variant(
        "ends a card without a word",
        "emit Closed(id",
        "if (!($)) emit Closed(id",
        (REFUND, "every opening has one end"),
    ),
    Variant(
        "lets a token back in while it moves",
        "abstract contract Cards is ISubWallet, ReentrancyGuardTransient {",
        "abstract contract Cards is ISubWallet {" + GUARD,
        ("nobody gets in while money moves", OWN),
    ),
    Variant(
        "counts time on after the merchant stopped",
        "daysBetween(card.openedAt(), asOf);\n        uint256 coolingDays",
        "daysBetween(card.openedAt(), $ ? block.timestamp : asOf);\n        uint256 coolingDays",
        (TIME,),
    ),
    Variant(
        "opens a card that a guarantor refuses",
        "IGuarantor(cover[i].guarantor).accept(",
        "if ($) try IGuarantor(cover[i].guarantor).accept(id, terms, cover[i].limit) {} catch {}\n"
        "            else IGuarantor(cover[i].guarantor).accept(",
        (SIGNED,),
    ),
    Variant(
        "pays in advance before the guarantors accept",
        "card = _openByAllowance(terms, consumer);\n        _askGuarantors",
        "card = _openByAllowance(terms, consumer);\n        if ($) _advance(terms, card);\n"
        "        _askGuarantors",
        (COVERED,),
    ),
    Variant(
        "forgets where the consumer's word to leave begins",
        "_epochBeforeFindings[id] = now_;",
        "_epochBeforeFindings[id] = $ ? 0 : now_;",
        (SIGNED, RIGHT),
    ),
    Variant(
        "lets the consumer pay what is missing",
        "safeTransferFrom(msg.sender,",
        "safeTransferFrom($ ? owner() : msg.sender,",
        (ONLY, WORKS),
    ),
    Variant(
        "waives what is missing for a part of it",
        "left = missing - amount;",
        "left = $ ? 0 : missing - amount;",
        (SHORTFALL,),
    ),
    Variant(
        "moves a card without the consumer's word",
        "_requireLeaving(id, card, message, signature);\n        _move",
        "if (!($)) _requireLeaving(id, card, message, signature);\n        _move",
        (SIGNED,),
    ),
    Variant(
        "opens a new card that may not be sold",
        "_admit(to, newCard);",
        "if (!($)) _admit(to, newCard);",
        (SIGNED, "a card opens once, now"),
    ),
)

SOUGHT = (
    *VARIANTS,
    *(
        Variant(slip.name, slip.old, slip.new, SEEN[slip.name], slip.name in UNRELIABLE)
        for slip in SLIPS
        if slip.name in SEEN
    ),
)
"""All that the search must find."""


@cache
def broken() -> dict[str, Artefact]:
    """Every variant's and slip's bytecode by name, and under "" a contract with none in force.

    Raises AssertionError if a piece of text does not stand in the sources exactly once.
    """
    sources = collect(package_sources(), prefix=OWN_PREFIX)
    original = {name: source.text for name, source in sources.files.items() if name.startswith(CORE)}
    made: dict[str, Artefact] = {}
    left: list[Variant | Slip] = [*VARIANTS, *SLIPS]
    for one in left:
        assert _places(original, one.old) == 1, f"stands {_places(original, one.old)} times: {one.old!r}"
    while left:
        # Two changes of one piece of text cannot always stand in one contract, nor more than it can hold.
        texts, meant = _switched(original), [""]
        for one in left:
            if len(meant) <= MOST and _places(texts, one.old) == 1:
                texts = _change(texts, one.old, one.new.replace("$", f"_isMeant({len(meant)})"))
                meant.append(one.name)
        left = [one for one in left if one.name not in meant]
        several = _compile(sources, texts)
        assert several.bytecode.count(MARK) == 1
        for number, name in enumerate(meant):
            code = several.bytecode.replace(MARK, number.to_bytes(32))
            made.setdefault(name, replace(several, bytecode=code))
    return made


def _switched(original: dict[str, str]) -> dict[str, str]:
    """The texts with a number that says which change is in force; no pure function may read that."""
    mark = f"\n    uint256 internal immutable VARIANT = 0x{MARK.hex()};\n    {MEANT}"
    impure = {name: text.replace(" pure", " view") for name, text in original.items()}
    return _change(impure, SWITCH, SWITCH + mark)


def _places(texts: dict[str, str], old: str) -> int:
    return sum(text.count(old) for text in texts.values())


def _change(texts: dict[str, str], old: str, new: str) -> dict[str, str]:
    """The texts by file with one piece changed, which stands there exactly once."""
    return {name: text.replace(old, new) for name, text in texts.items()}


def _compile(sources: SourceSet, texts: dict[str, str]) -> Artefact:
    """The sub-wallet made from these texts."""
    changed = {
        name: Source(name, sources.files[name].path, text, sources.files[name].imports)
        for name, text in texts.items()
    }
    only = SourceSet((MAIN,), {**sources.files, **changed})
    return compile_sources(only, find_compiler, cache=CACHE).artefact("SubWallet")
