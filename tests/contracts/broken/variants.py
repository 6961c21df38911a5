"""Sub-wallets broken on purpose, each by a small change of the source text.

The invariant search is only worth something if it finds these. A change names a piece of text that must
stand in `core/SubWallet.sol` exactly once; when the source moves on, the piece is looked up anew. In the new
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

FILE = f"{OWN_PREFIX}core/SubWallet.sol"
CONSTRUCTOR = "constructor(ITemplateRegistry templates, IMerchantRegistry merchants) {"
MARK = bytes.fromhex("b5a1c7d93e0f82461735cadb9f60e2841b7d59c3a0f4e6283c95d1b7402e8fa6")
"""Stands in the shared contract's creation code where the number of the variant goes."""

# Pieces of the source that are too long for one line below.
PERIOD = "returns (uint256) {\n        uint256 period = terms.accrualDays();\n        if (period == 0"
IN_TIME = "function _requireInTime(uint256 deadline) private view {"
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
        "id, minRefund, deadline, card.epoch)",
        "id, minRefund, deadline, $ ? 0 : card.epoch)",
        (SIGNED, WORKS),
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
        f"pure {PERIOD} || elapsed <= terms.coolingDays()) return 0;",
        f"view {PERIOD} || (!($) && elapsed <= terms.coolingDays())) return 0;",
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
        "if (known && stoppedAt == 0) return",
        "if (known && ($ || stoppedAt == 0)) return",
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
        "contract SubWallet is ISubWallet, ReentrancyGuardTransient {",
        "contract SubWallet is ISubWallet {\n    modifier nonReentrant() {\n        _;\n    }\n",
        ("nobody gets in while money moves", OWN),
    ),
)


@cache
def broken() -> dict[str, Artefact]:
    """Every variant's bytecode by name, and under "" the shared contract with no variant in force.

    Raises AssertionError if a piece of text does not stand in the source exactly once.
    """
    sources = collect(package_sources(), prefix=OWN_PREFIX)
    original = sources.files[FILE]
    shared = _change(original.text, CONSTRUCTOR, f"{CONSTRUCTOR}\n        VARIANT = 0x{MARK.hex()};")
    shared = _change(
        shared,
        "bytes32 private immutable SHELL_HASH;",
        "bytes32 private immutable SHELL_HASH;\n    uint256 private immutable VARIANT;",
    )
    texts: dict[str, str] = {}
    for number, variant in enumerate(VARIANTS, 1):
        if "$" in variant.new:
            shared = _change(shared, variant.old, variant.new.replace("$", f"VARIANT == {number}"))
        else:
            texts[variant.name] = _change(original.text, variant.old, variant.new)
    texts[""] = shared
    files = dict(sources.files)
    names = {which: f"{OWN_PREFIX}core/{which.replace(' ', '_') or 'variants'}.sol" for which in texts}
    for which, text in texts.items():
        files[names[which]] = Source(names[which], original.path, text, original.imports)
    made = compile_sources(SourceSet(tuple(names.values()), files), find_compiler, cache=CACHE)
    found = {artefact.source: artefact for artefact in made.artefacts if artefact.name == "SubWallet"}
    several = found[names[""]]
    assert several.bytecode.count(MARK) == 1
    every = {which: found[name] for which, name in names.items() if which}
    for number, variant in enumerate((None, *VARIANTS)):
        which = variant.name if variant else ""
        code = several.bytecode.replace(MARK, number.to_bytes(32))
        every.setdefault(which, replace(several, bytecode=code))
    return every


def _change(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"found {text.count(old)} times, not once: {old!r}"
    return text.replace(old, new)
