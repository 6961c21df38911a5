"""The journal: what was signed and what was sent, so that a killed command is finished, never repeated."""

from wallet.ledger.journal import Journal
from wallet.ledger.outbox import Draft, Outbox
from wallet.ledger.records import Authorisation, KnownCard, Seal, State, Transaction
from wallet.ledger.recover import Recovery, recover

__all__ = [
    "Authorisation",
    "Draft",
    "Journal",
    "KnownCard",
    "Outbox",
    "Recovery",
    "Seal",
    "State",
    "Transaction",
    "recover",
]
