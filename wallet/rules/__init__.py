"""The contract rules in plain Python: what the templates compute and what the sub-wallet makes of it.

The reference model for previews, property tests and differential checks. It mirrors `contracts/templates`
and the bounds in `contracts/core` formula by formula, in whole numbers only, and moves no
money: every function takes values and returns values.
"""

from wallet.rules.bounds import (
    Closing,
    Move,
    Quote,
    WouldRevert,
    apply_finding,
    certify,
    close_card,
    consume,
    open_card,
    pay_shortfall,
    quote,
    settle,
    transfer_card,
)
from wallet.rules.discount_card import DiscountCard
from wallet.rules.milestones import Milestones
from wallet.rules.model import (
    FOUND,
    NOT_CONSUMER,
    UNCONFIRMED,
    Card,
    Cause,
    Status,
    Template,
    TemplateFailed,
    Unit,
    Usage,
    day_of,
    days_between,
)
from wallet.rules.period import Period
from wallet.rules.reference import REFERENCE_TEMPLATES, ReferenceTemplate
from wallet.rules.sessions import Sessions
from wallet.rules.stored_value import StoredValue

__all__ = [
    "FOUND",
    "NOT_CONSUMER",
    "REFERENCE_TEMPLATES",
    "UNCONFIRMED",
    "Card",
    "Cause",
    "Closing",
    "DiscountCard",
    "Milestones",
    "Move",
    "Period",
    "Quote",
    "ReferenceTemplate",
    "Sessions",
    "Status",
    "StoredValue",
    "Template",
    "TemplateFailed",
    "Unit",
    "Usage",
    "WouldRevert",
    "apply_finding",
    "certify",
    "close_card",
    "consume",
    "day_of",
    "days_between",
    "open_card",
    "pay_shortfall",
    "quote",
    "settle",
    "transfer_card",
]
