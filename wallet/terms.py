"""What a consumer signs when buying a card: twelve words, with their packed numbers by name.

`Terms` is the `Purchase` message; its digest under the consumer's sub-wallet is the card's id. With `order`
zero the same words are a *product*, known by their plain hash. The bit positions are those of
`contracts/types/Terms.sol`; a differential test compares every one on real bytecode. Whether terms are
sensible for a card kind is the template's and the services' business, not this module's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, overload

from wallet.address import ZERO_ADDRESS, parse_address
from wallet.eip712.domain import Domain
from wallet.eip712.schema import Message, Schema, Value
from wallet.errors import InvalidInput
from wallet.keccak import keccak256
from wallet.money import MAX_FEN

WORD = 1 << 256
FULL = 10_000
"""All of it, in bps."""

# Numbers of the formulas, as in contracts/libraries/RefundMath.sol.
RATIO, LIST, GIFT_FIRST, PAID_FIRST = 0, 1, 2, 3

EXPIRY_NONE, EXPIRY_REFUND, EXPIRY_LAPSE = 0, 1, 2
PROPORTIONAL, ADVANCE_FIRST = 0, 1
CONSUMER_CONFIRMS, ON_CONDITIONS = 0, 2
COOLING_LIST, COOLING_RATIO, COOLING_ORDINARY = 0, 1, 2
GIFTS_RETURN_OR_PAY, GIFTS_ALWAYS_PAID, GIFTS_IGNORED = 0, 1, 2

HAD_SAME_GOODS = 1
"""Bit of `declared`: the consumer had the same goods or service before (art. 14)."""


class _Bits:
    """A number of `width` bits, `shift` bits above the low end of one of the words."""

    def __init__(self, word: str, shift: int, width: int, limit: int | None = None) -> None:
        self.word, self.shift, self.width = word, shift, width
        self.limit = (1 << width) - 1 if limit is None else limit

    @overload
    def __get__(self, instance: None, owner: type) -> _Bits: ...
    @overload
    def __get__(self, instance: Terms, owner: type) -> int: ...
    def __get__(self, instance: Terms | None, owner: type) -> _Bits | int:
        if instance is None:
            return self
        word: int = getattr(instance, self.word)
        return (word >> self.shift) & ((1 << self.width) - 1)


@dataclass(frozen=True, slots=True)
class Terms(Message):
    """One purchase, or with `order` zero one product. Money in fen, ratios in bps, times in days.

    The constructor takes the twelve words as they stand on chain; `Terms.build` takes named numbers.
    """

    SCHEMA: ClassVar[Schema] = Schema.parse(
        "Purchase(address token,address merchant,address payee,address certifier,address template,"
        "bytes32 form,bytes32 cover,uint256 amounts,uint256 policy,uint256 params0,uint256 params1,"
        "uint256 order)"
    )

    token: str
    merchant: str
    payee: str
    certifier: str
    template: str
    form: bytes
    cover: bytes
    amounts: int
    policy: int
    params0: int
    params1: int
    order: int

    # amounts: fen
    principal = _Bits("amounts", 0, 48, MAX_FEN)
    bonus = _Bits("amounts", 48, 48)
    exit_fee_cap = _Bits("amounts", 96, 48)
    advance = _Bits("amounts", 144, 48)
    accrual = _Bits("amounts", 192, 48)

    # policy
    custody_bps = _Bits("policy", 0, 16, FULL)
    exit_fee_bps = _Bits("policy", 16, 16, FULL)
    term_days = _Bits("policy", 32, 16)
    cooling_days = _Bits("policy", 48, 8)
    refund_days = _Bits("policy", 56, 8)
    accrual_days = _Bits("policy", 64, 8)
    pause_max_days = _Bits("policy", 72, 8)
    confirm_hours = _Bits("policy", 80, 8)
    expiry_policy = _Bits("policy", 88, 4, 2)
    schedule = _Bits("policy", 92, 4, 1)
    settlement_formula = _Bits("policy", 96, 4, PAID_FIRST)
    not_consumer_formula = _Bits("policy", 100, 4, PAID_FIRST)
    consumer_formula = _Bits("policy", 104, 4, PAID_FIRST)
    cooling_use = _Bits("policy", 108, 4, 2)
    gift_rule = _Bits("policy", 112, 4, 2)
    trigger = _Bits("policy", 116, 4, 3)
    list_source = _Bits("policy", 120, 4, 2)
    takes_vouchers = _Bits("policy", 124, 1)
    transferable = _Bits("policy", 125, 1)
    refund_on_closure = _Bits("policy", 126, 1)
    ladder_for_all = _Bits("policy", 127, 1)
    rate_merchant = _Bits("policy", 128, 16, FULL)
    rate_consumer = _Bits("policy", 144, 16, FULL)
    rate_supervised = _Bits("policy", 160, 16, FULL)
    ladder1 = _Bits("policy", 176, 16, FULL)
    ladder2 = _Bits("policy", 192, 16, FULL)
    ladder3 = _Bits("policy", 208, 16, FULL)

    # order
    salt = _Bits("order", 0, 64)
    buy_by = _Bits("order", 64, 40)
    channel = _Bits("order", 104, 8)
    declared = _Bits("order", 112, 8)

    @classmethod
    def build(
        cls,
        *,
        token: str,
        merchant: str,
        template: str,
        principal: int,
        payee: str = ZERO_ADDRESS,
        certifier: str = ZERO_ADDRESS,
        form: bytes = bytes(32),
        cover: bytes = bytes(32),
        params0: int = 0,
        params1: int = 0,
        **numbers: int,
    ) -> Terms:
        """Terms from named numbers (`bonus`, `custody_bps`, `cooling_days`, …); what is left out is zero.

        `custody_bps` alone defaults to 10000: all unperformed value stays held. Raises InvalidInput
        (`invalid-terms`) naming the first number that is unknown or out of its range.
        """
        numbers = {"custody_bps": FULL, "principal": principal, **numbers}
        if principal < 1:
            raise _invalid("principal", principal, "must be at least 1 fen")
        words = _pack({"amounts": 0, "policy": 0, "order": 0}, numbers)
        return cls(
            token=parse_address(token, where="token"),
            merchant=parse_address(merchant, where="merchant"),
            payee=parse_address(payee, where="payee"),
            certifier=parse_address(certifier, where="certifier"),
            template=parse_address(template, where="template"),
            form=_bytes32("form", form),
            cover=_bytes32("cover", cover),
            params0=_word("params0", params0),
            params1=_word("params1", params1),
            **words,
        )

    def change(self, **numbers: int) -> Terms:
        """The same terms with some named numbers changed, ranges checked as in `build`."""
        old = {"amounts": self.amounts, "policy": self.policy, "order": self.order}
        words = _pack(old, numbers)
        return replace(self, amounts=words["amounts"], policy=words["policy"], order=words["order"])

    def bought(self, *, salt: int, buy_by: int, channel: int = 0, declared: int = 0) -> Terms:
        """One purchase of this product; `buy_by` is the last second (unix) in which it may be opened."""
        return self.product().change(salt=salt, buy_by=buy_by, channel=channel, declared=declared)

    def product(self) -> Terms:
        """The product these terms are a purchase of."""
        return replace(self, order=0)

    @property
    def product_id(self) -> bytes:
        """keccak256 of the twelve abi words with `order` zero, as the catalogue knows it."""
        return keccak256(self.product().encode())

    def card_id(self, domain: Domain) -> bytes:
        """The card's id in the sub-wallet of `domain`: the digest the consumer signs to buy it."""
        return self.digest(domain)

    @property
    def recipient(self) -> str:
        """Who receives what is released."""
        return self.merchant if self.payee == ZERO_ADDRESS else self.payee

    @property
    def face(self) -> int:
        """Principal and bonus together, fen."""
        return self.principal + self.bonus

    def ladder(self, tier: int) -> int:
        """Most that a merchant of this tier may have had in advance, bps of the principal."""
        return (0, self.ladder1, self.ladder2, self.ladder3)[tier] if 0 < tier < 4 else 0

    @property
    def has_ladder(self) -> bool:
        """Whether the merchant's credit tier decides how much it may have had in advance."""
        return any((self.ladder1, self.ladder2, self.ladder3))

    def numbers(self) -> dict[str, int]:
        """Every packed number by name, in the order of the layout."""
        return {name: getattr(self, name) for name in LAYOUT}

    def to_dict(self) -> dict[str, str]:
        """Canonical form: the twelve words under their contract names, numbers as 0x-hexadecimal."""
        return {
            name: _text(value) for (name, _), value in zip(self.SCHEMA.fields, self.values(), strict=True)
        }

    @classmethod
    def from_dict(cls, document: dict[str, Any], *, where: str = "terms") -> Terms:
        """Read the canonical form strictly; InvalidInput (`invalid-terms`) names the key."""
        names = [name for name, _ in cls.SCHEMA.fields]
        for name in [*(n for n in document if n not in names), *(n for n in names if n not in document)]:
            raise _invalid(f"{where}.{name}", name, "unknown key" if name in document else "missing")
        values = [_read(f"{where}.{name}", kind, document[name]) for name, kind in cls.SCHEMA.fields]
        return cls(**dict(zip(names, values, strict=True)))  # type: ignore[arg-type]

    def beyond_range(self) -> str:
        """The first packed number that means nothing, as a `schedule` of 5; empty where there is none."""
        return next((name for name, place in LAYOUT.items() if getattr(self, name) > place.limit), "")

    def reserved_bits(self) -> int:
        """Bits set where the layout assigns nothing, over all packed words; 0 in terms one should sign."""
        return (self.amounts >> 240) | (self.policy >> 224) | (self.order >> 120)


LAYOUT: dict[str, _Bits] = {name: item for name, item in vars(Terms).items() if isinstance(item, _Bits)}
"""Every packed number: its word, shift and width."""


def _invalid(name: str, value: object, reason: str) -> InvalidInput:
    return InvalidInput(
        f"{name}: {value!r} {reason}",
        hint="see contracts/types/Terms.sol",
        code="invalid-terms",
        field=name,
        value=value,
    )


def _pack(words: dict[str, int], numbers: Mapping[str, object]) -> dict[str, int]:
    words = dict(words)
    for name, number in numbers.items():
        place = LAYOUT.get(name)
        if place is None:
            raise _invalid(name, number, "is not a number of the terms")
        if not isinstance(number, int) or not 0 <= number <= place.limit:
            raise _invalid(name, number, f"is not a whole number from 0 to {place.limit}")
        mask = ((1 << place.width) - 1) << place.shift
        words[place.word] = (words[place.word] & ~mask) | (number << place.shift)
    return words


def _word(name: str, number: int) -> int:
    if not 0 <= number < WORD:
        raise _invalid(name, number, "does not fit 256 bits")
    return number


def _bytes32(name: str, value: bytes) -> bytes:
    if len(value) != 32:
        raise _invalid(name, value, "is not 32 bytes")
    return value


def _text(value: Value) -> str:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return hex(value) if isinstance(value, int) else value


def _read(where: str, kind: str, value: object) -> Value:
    if kind == "address":
        return parse_address(value, where=where, checksum_required=True)
    text = value if isinstance(value, str) else ""
    digits = text.removeprefix("0x")
    if not text.startswith("0x") or not digits or set(digits) - set("0123456789abcdef"):
        raise _invalid(where, value, "is not lower-case hexadecimal with 0x")
    if kind == "bytes32":
        if len(digits) != 64:
            raise _invalid(where, value, "is not 32 bytes")
        return bytes.fromhex(digits)
    if len(digits) > 64 or text != hex(int(digits, 16)):
        raise _invalid(where, value, "is not a number below 2**256 in shortest form")
    return int(digits, 16)
