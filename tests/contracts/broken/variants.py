"""Sub-wallets broken on purpose, each by a small change of the source text.

The invariant search is only worth something if it finds these. A change names a piece of text that must
stand in the files of `core/` exactly once; when the source moves on, the piece is looked up anew. In the new
text `$` stands for "this variant is meant": all such changes are compiled as one contract, and a number in
its bytecode says which is in force. A change without `$` is compiled by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from tests.contracts.harness import CACHE
from wallet.compiler import Artefact, find_compiler
from wallet.compiler.compile import compile_sources
from wallet.compiler.sources import OWN_PREFIX, Source, SourceSet, collect, package_sources

CORE = f"{OWN_PREFIX}core/"
MAIN = f"{CORE}SubWallet.sol"
SWITCH = "uint256 private immutable CHAIN = block.chainid;"
MARK = bytes.fromhex("b5a1c7d93e0f82461735cadb9f60e2841b7d59c3a0f4e6283c95d1b7402e8fa6")
"""Stands in the shared contract's creation code where the number of the variant goes."""

# Pieces of the source that are too long for one line below.
IN_TIME = "function _requireInTime(uint256 deadline) internal view {"
ADVANCE = "\n        if (paid == 0) return;"
QUOTE = "(uint256 owed, Cause cause) = _quote(terms, card);"

OPENED_ONCE = "released + held = principal while open"
SIGNED = "nothing without a signature"
REFUND = "the refund is at least what is due"
WORKS = "what is signed goes through"
ENOUGH = "the merchant gets no more than was signed"
EXIT = "the exit always works"
ONLY = "money goes only to the payee or the consumer"
OWN = "a call touches only its own card"


@dataclass(frozen=True, slots=True)
class Variant:
    """What is wrong, how it is made, and the properties of which one must be seen to break."""

    name: str
    old: str
    new: str
    breaks: tuple[str, ...]


VARIANTS = (
    Variant(
        "forgets what was already paid",
        "paid = total - card.released;",
        "paid = $ ? total : total - card.released;",
        (OPENED_ONCE, WORKS),
    ),
    Variant(
        "lets a total fall",
        "usedAfter < card.used || listed",
        "!($) && usedAfter < card.used || listed",
        (SIGNED,),
    ),
    Variant(
        "takes the same authorisation twice",
        "|| (usedAfter == card.used && listedAfter == card.listed)",
        "|| (!($) && usedAfter == card.used && listedAfter == card.listed)",
        (SIGNED,),
    ),
    Variant(
        "takes a voided epoch",
        "if (epoch != card.epoch)",
        "if ($ ? epoch > card.epoch : epoch != card.epoch)",
        (SIGNED,),
    ),
    Variant(
        "ends a card on a voided signature",
        "Messages.hashWithLast(message, oldest), signature);",
        "Messages.hashWithLast(message, $ ? 0 : oldest), signature);",
        (SIGNED, WORKS, "refused for the right reason"),
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
        (WORKS,),
    ),
    Variant(
        "moves more than was signed",
        "if (paid > consumption.maxPay) revert",
        "if (!($) && paid > consumption.maxPay) revert",
        (ENOUGH,),
    ),
    Variant(
        "releases all as an advance",
        "_release(terms, card, block.timestamp, most);" + ADVANCE,
        "_release(terms, card, block.timestamp, $ ? type(uint256).max : most);" + ADVANCE,
        (ENOUGH,),
    ),
    Variant(
        "accrues during cooling-off",
        "if (period == 0 || elapsed <= terms.coolingDays()) return 0;",
        "if (period == 0 || (!($) && elapsed <= terms.coolingDays())) return 0;",
        ("time earns no more than the terms state", REFUND),
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
        "if (owed > principal) owed",
        "if (!($) && owed > principal) owed",
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
        (REFUND,),
    ),
    Variant(
        "asks for the merchant's leave to end a card",
        QUOTE,
        "require(!($) || MERCHANTS.maySell(terms.merchant));\n        " + QUOTE,
        (EXIT,),
    ),
    Variant(
        "lets anybody act as the consumer",
        "if (msg.sender != owner()) revert",
        "if (!($) && msg.sender != owner()) revert",
        (SIGNED,),
    ),
    Variant(
        "opens a card again", "if (_cards[id] != 0) revert", "if (!($) && _cards[id] != 0) revert", (SIGNED,)
    ),
    Variant(
        "takes vouchers that were not agreed",
        "if (!terms.takesVouchers()) revert",
        "if (!($) && !terms.takesVouchers()) revert",
        (SIGNED,),
    ),
    Variant(
        "pays out twice what it owes",
        "card.held = 0;\n        card.status = Status.Closed;",
        "if ($) return amount;\n        card.held = 0;\n        card.status = Status.Closed;",
        ("a collection ends it", "paid + refunded + held = paid in", WORKS),
    ),
    Variant(
        "pays whoever carries the message",
        "_collect(terms, terms.recipient());",
        "_collect(terms, $ ? msg.sender : terms.recipient());",
        (ONLY,),
    ),
    Variant(
        "sweeps what is owed to merchants",
        "|| card.status == Status.Owing)",
        "|| (!($) && card.status == Status.Owing))",
        (ONLY, "what cards hold is there"),
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
        "abstract contract Cards is ISubWallet {\n    modifier nonReentrant() {\n        _;\n    }\n",
        ("nobody gets in while money moves", OWN),
    ),
)


@cache
def broken() -> dict[str, Artefact]:
    """Every variant's bytecode by name, and under "" the shared contract with no variant in force.

    Raises AssertionError if a piece of text does not stand in the sources exactly once.
    """
    sources = collect(package_sources(), prefix=OWN_PREFIX)
    original = {name: source.text for name, source in sources.files.items() if name.startswith(CORE)}
    mark = f"\n    uint256 internal immutable VARIANT = 0x{MARK.hex()};"
    # What is in force is read from the contract, which no pure function may do.
    shared = {name: text.replace(" pure", " view") for name, text in original.items()}
    shared = _change(shared, SWITCH, SWITCH + mark)
    alone: dict[str, Artefact] = {}
    for number, variant in enumerate(VARIANTS, 1):
        if "$" in variant.new:
            shared = _change(shared, variant.old, variant.new.replace("$", f"VARIANT == {number}"))
        else:
            alone[variant.name] = _compile(sources, _change(original, variant.old, variant.new))
    several = _compile(sources, shared)
    assert several.bytecode.count(MARK) == 1
    for number, name in enumerate(("", *(variant.name for variant in VARIANTS))):
        code = several.bytecode.replace(MARK, number.to_bytes(32))
        alone.setdefault(name, replace(several, bytecode=code))
    return alone


def _change(texts: dict[str, str], old: str, new: str) -> dict[str, str]:
    """The texts by file with one piece changed."""
    places = [name for name, text in texts.items() for _ in range(text.count(old))]
    assert len(places) == 1, f"found {len(places)} times, not once: {old!r}"
    return {**texts, places[0]: texts[places[0]].replace(old, new)}


def _compile(sources: SourceSet, texts: dict[str, str]) -> Artefact:
    """The sub-wallet made from these texts."""
    changed = {
        name: Source(name, sources.files[name].path, text, sources.files[name].imports)
        for name, text in texts.items()
    }
    only = SourceSet((MAIN,), {**sources.files, **changed})
    return compile_sources(only, find_compiler, cache=CACHE).artefact("SubWallet")
