"""Words for the contracts' custom errors: what happened, and the way out.

A table because an error in Solidity is a name and numbers. An error without a row still reads as a
sentence made of its name and values, so a new contract needs no entry here to be understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_STALE = "ask the merchant for a new charge"
_OPERATOR = "an operator of the platform has to do this"
_SHOW = "`prepaid card show` tells where the card stands"
_CLAIMS = "`prepaid guarantee claims` tells how far it has come"

HINTS: dict[str, tuple[str, str]] = {
    # ---- the sub-wallet
    "SubWallet_NotConsumer": (
        "{caller} is not the consumer {consumer} of this sub-wallet",
        "sign as the consumer, or send it with the consumer's signature",
    ),
    "SubWallet_SignatureInvalid": (
        "the signature is not that of {signer} over exactly this message, on this chain and in this wallet",
        "was it signed with another account, for another chain, or changed afterwards?",
    ),
    "SubWallet_DeadlinePassed": ("too late: valid until {deadline}, the chain's time is {now_at}", _STALE),
    "SubWallet_EpochVoided": (
        "this authorisation was voided (signed in epoch {signed}, the card is in epoch {current})",
        _STALE,
    ),
    "SubWallet_CardNotOpen": ("card {card} is not open ({status})", _SHOW),
    "SubWallet_CardExists": (
        "card {card} was opened before; a card opens once",
        "buy again: it gets a new id",
    ),
    "SubWallet_TotalsNotGrowing": (
        "already used or overtaken: the card stands at {used} used and {listed} at list price, "
        "the message says {used_after} and {listed_after}",
        _STALE,
    ),
    "SubWallet_PaysTooMuch": (
        "{pay} fen would move, the consumer signed for {max_pay} at most",
        "the card has more to release than the charge says; " + _STALE,
    ),
    "SubWallet_RefundTooLow": (
        "only {refund} fen would come back, {min_refund} were asked for at least: a consumption came first",
        "look at the card again and terminate with the refund that is shown then",
    ),
    "SubWallet_TermsInvalid": ("the terms cannot be opened: {what} is {value}", "choose another product"),
    "SubWallet_TemplateFailed": (
        "the rules at {template} failed or answered nonsense",
        "`terminate` works all the same and refunds at least what was not released",
    ),
    "SubWallet_TemplateNotAdmitted": (
        "the rules at {template} are not admitted on this platform",
        "register them with `prepaid template register`",
    ),
    "SubWallet_MerchantMayNotSell": (
        "merchant {merchant} may not sell now",
        "it must be approved first: `prepaid merchant show` tells its status",
    ),
    "SubWallet_TokenHasNoCode": ("there is no token at {token}", "is this the right chain?"),
    "SubWallet_TokenDeliveredWrongly": (
        "the token {token} delivered {delivered} fen instead of {expected}",
        "a token that takes a fee cannot pay for a card",
    ),
    "SubWallet_GasTooLow": ("too little gas: {left} left, {needed} needed", "send it with more gas"),
    "SubWallet_VouchersOff": (
        "the terms of card {card} do not allow vouchers",
        "use `consume`, charge by charge",
    ),
    "SubWallet_NothingDue": ("nothing on card {card} is due now", _SHOW),
    "SubWallet_NothingToCollect": ("nothing waits to be collected on card {card} ({status})", _SHOW),
    "SubWallet_EpochNotGrowing": (
        "epoch {proposed} is not above the current {current}",
        "take the next number",
    ),
    "SubWallet_CardListIncomplete": (
        "the list of cards is not complete: {given} of {opened}",
        "list every card ever opened in this wallet, in ascending order",
    ),
    "SubWallet_NumberTooLarge": ("{value} does not fit a card", "use a smaller number"),
    "SubWallet_CoverMismatch": (
        "these are not the guarantors in the terms (their list hashes to {given}, not {cover})",
        "name the same guarantors and limits in the same order",
    ),
    "SubWallet_PledgeUnfit": (
        "guarantor {position}, {guarantor} with a limit of {limit} fen, cannot stand for a card",
        "each is a contract, named once, with a limit of at least 1 fen",
    ),
    "SubWallet_NoCertifier": (
        "the terms of card {card} name nobody who certifies",
        "the consumer signs each charge",
    ),
    "SubWallet_NotCertified": (
        "{used} and {listed} at list price are certified, the message says {used_after} and {listed_after}",
        "confirm what was certified; anything more needs a new certificate first",
    ),
    "SubWallet_NoFinding": (
        "nothing was found that changes card {card} in epoch {epoch}",
        "a finding counts for the epoch in which it was said; after a bump it has to be said again",
    ),
    "SubWallet_NoShortfall": ("nothing is missing on card {card} ({status})", _SHOW),
    "SubWallet_PaymentUnfit": (
        "{amount} fen cannot be paid of a shortfall of {shortfall}",
        "pay at least 1 fen and at most what is missing",
    ),
    "SubWalletFactory_OwnerZero": ("nobody owns address zero", "name the consumer's address"),
    "Template_Overdrawn": (
        "more than the card holds: the total would be {used}, the card was sold for {most}",
        "charge less; what remains is shown by `prepaid card show`",
    ),
    "Template_TermsInvalid": (
        "the card kind cannot work with these terms: {what} is {value}",
        "correct it and list the product anew, or choose another",
    ),
    "Template_NotDiscounted": (
        "{used} fen would be charged in all, the card's discount leaves {most} fen",
        "charge less, or state the price before discount with --listed",
    ),
    # ---- the platform
    "TemplateRegistry_NoCode": ("there is no code to admit at {source}", "deploy the rules first"),
    "TemplateRegistry_NotPure": (
        "the rules are not pure: opcode {opcode} at byte {offset}",
        "rules may only compute: no storage, time, balance, calls or logs; make both functions `pure`",
    ),
    "MerchantRegistry_WrongStatus": (
        "merchant {merchant} stands at “{status}”, from which this step does not follow",
        "`prepaid merchant show` tells what is possible",
    ),
    "MerchantRegistry_NoSuchTier": ("there is no tier {tier}", "tiers are 0 (none) to 3 (highest)"),
    "MerchantRegistry_NotAllowed": ("{caller} may not say this about the merchant", _OPERATOR),
    "ProductCatalogue_MerchantMayNotSell": (
        "merchant {merchant} may not sell now",
        "it must be approved first: `prepaid merchant approve`",
    ),
    "ProductCatalogue_NotAllowed": ("{caller} may not list or withdraw this product", "sign as its merchant"),
    "ProductCatalogue_OrderNotZero": (
        "these are the terms of a purchase, not of a product",
        "leave `order` zero",
    ),
    "ProductCatalogue_FormUnknown": ("the standard form {form} is not registered", _OPERATOR),
    "ProductCatalogue_TemplateUnfit": (
        "the rules at {template} are not admitted, or do not fit these terms",
        "unused, they must release no more than the advance and owe the whole principal",
    ),
    "ProductCatalogue_ProductUnknown": ("product {product} is not on sale", "`prepaid product list`"),
    "ProductCatalogue_AlreadyListed": ("product {product} is listed already", "`prepaid product list`"),
    # ---- operators
    "Operators_NotApprover": ("{caller} is not an approver", "an approver of the platform has to do this"),
    "Operators_QuorumUnfit": (
        "{quorum} of {approvers} approvers cannot be a quorum",
        "at least one, at most all of them",
    ),
    "Operators_ApproverUnfit": ("{approver} cannot be an approver", "name each once, and no address zero"),
    "Operators_NothingToAgree": (
        "there is nothing to agree on: operator {operator}, credential {credential}",
        "name an operator and a credential it does not have yet",
    ),
    "Operators_AgreedBefore": (
        "{approver} has agreed on {operator} already and counts once",
        "the others have to agree now",
    ),
    "Operators_NotAgreed": (
        "{approver} has no agreement on {operator} to take back",
        "was it admitted since?",
    ),
    "Operators_NotAdmitted": ("{operator} is no operator", "`prepaid operator list`"),
    # ---- disputes
    "Disputes_NotConsumer": ("{caller} is not the consumer {consumer} of this card", "only its consumer may"),
    "Disputes_NotMerchant": ("{caller} is not the merchant {merchant} of this card", "only its merchant may"),
    "Disputes_SignatureInvalid": (
        "the step is not signed by {signer} exactly as it stands, for this chain and this wallet",
        "was it signed with another account, for another chain, or changed afterwards?",
    ),
    "Disputes_DeadlinePassed": (
        "too late: valid until {deadline}, the chain's time is {now_at}",
        "sign it again",
    ),
    "Disputes_RoundPassed": (
        "signed for dispute {signed} about card {card}, this is dispute {current}",
        "look at the dispute again: `prepaid dispute show`",
    ),
    "Disputes_CardUnknown": ("no card {card} was opened in the wallet {wallet}", "`prepaid card list`"),
    "Disputes_NotRaised": (
        "nothing was raised with the merchant about card {card}",
        "the merchant comes first: `prepaid dispute raise`",
    ),
    "Disputes_MerchantNotHeard": (
        "the merchant of card {card} has not answered, and its days are not over (left: {days_left})",
        "wait for its answer, or for the day after",
    ),
    "Disputes_NotEscalated": (
        "the dispute about card {card} stands at “{step}”; only one that was escalated is ruled on",
        "the consumer escalates: `prepaid dispute escalate`",
    ),
    "Disputes_WrongStep": (
        "the dispute about card {card} stands at “{step}”, from which this step does not follow",
        "`prepaid dispute show` tells what is possible",
    ),
    "Disputes_NothingConceded": (
        "nothing is conceded to the consumer of card {card}",
        "concede the cause, or a list-price total that is lower",
    ),
    "AccessControlUnauthorizedAccount": ("{account} lacks the role for this", _OPERATOR),
    "RecoverableOwner_NotKey": ("{caller} is not the key in force", "use the key that was set last"),
    "RecoverableOwner_NotGuardian": ("{caller} is not the guardian", "only the guardian proposes a new key"),
    "RecoverableOwner_NotReady": ("no recovery can be completed before {ready_at}", "three days must pass"),
    # ---- settlement accounts and payments
    "SettlementAccount_PlanInvalid": ("no account can have this plan: {what} is {value}", "change the plan"),
    "SettlementAccount_NotMerchant": (
        "{caller} is not the merchant {merchant} whose account this is",
        "the merchant withdraws; fees go to their receivers by `prepaid support pay-fees`",
    ),
    "SettlementAccount_TooMuch": (
        "{asked} fen were asked for, {most} can be withdrawn this way now",
        "`prepaid support account` tells what is ready and what still waits",
    ),
    "SettlementAccount_FastOff": (
        "this account lets no money out before its day",
        "wait for the day, or open an account with fast withdrawal",
    ),
    "SettlementAccount_NothingDue": (
        "nothing is due to {receiver}",
        "fees fall due when money has come in",
    ),
    "PaymentBook_NothingPaid": ("a payment of nothing is no entry", "pay at least one fen"),
    # ---- guarantors
    "Guarantor_NotOurWallet": (
        "{wallet} is no sub-wallet of this platform",
        "guarantors accept cards from the consumer's own sub-wallet",
    ),
    "Guarantor_OtherToken": (
        "the guarantor does not hold {token}",
        "it stands for cards paid in its own money",
    ),
    "Guarantor_NotOnSale": (
        "guarantors accept only what its merchant has on sale; {product} is not",
        "the merchant publishes it: `prepaid product publish`",
    ),
    "Guarantor_NothingToCover": (
        "by its terms card {card} cannot be short, or nothing is pledged",
        "sell it without this guarantor",
    ),
    "Guarantor_TemplateNotListed": (
        "the guarantor does not accept cards with the rules at {template}",
        "whoever runs it lists templates: `prepaid guarantee show`",
    ),
    "Guarantor_TermTooLong": (
        "the service lasts {term_days} days, the guarantor stands for {cover_days}, and 60 are for claims",
        "a shorter term, or a guarantor that stands longer",
    ),
    "Guarantor_BeyondLimit": (
        "{asked} fen are beyond the limit ({what}); {left} are left",
        "`prepaid guarantee show` tells the limits",
    ),
    "Guarantor_CapitalTooLow": (
        "{asked} fen are needed, {free} are there and not set aside",
        "put capital in: `prepaid guarantee fund`",
    ),
    "Guarantor_NotStanding": (
        "this guarantor does not stand for card {card} of {wallet}",
        "`prepaid guarantee claims` shows who does",
    ),
    "Guarantor_WrongStage": ("the guarantee for {card} stands at “{stage}”; this does not follow", _CLAIMS),
    "Guarantor_CardNotShort": ("card {card} is not short ({status})", "only what a card is short is claimed"),
    "Guarantor_OtherCover": (
        "these are not the pledges behind card {card}",
        "give all of them, in the order of the cover",
    ),
    "Guarantor_NotOurTurn": ("{earlier} comes first and may still pay", _CLAIMS),
    "Guarantor_NotTriggered": (
        "the guarantor does not pay for this, or it has not happened: {trigger}",
        "a stop stands in the registry, a ruling in the disputes; fraud only the consumer claims",
    ),
    "Guarantor_TooLate": (
        "too late: claims could be filed until {until}, it is {now_at}",
        "the guarantee has ended",
    ),
    "Guarantor_TooEarly": ("the claim has to wait (days left: {days_left})", "pay it then; it loses nothing"),
    "Guarantor_NotVerified": (
        "nobody has confirmed this claim yet ({stage}), and the assessor's days are not over",
        _CLAIMS,
    ),
    "Guarantor_StillStands": ("something may still be claimed for card {card} ({stage})", _CLAIMS),
    "Guarantor_NotOwed": ("merchant {merchant} owes {owed} fen here, not {amount}", "pay what is owed"),
    "Guarantor_NotAssessor": ("{caller} is not the assessor {assessor}", "the assessor decides"),
    "Guarantor_NotKeeper": ("{caller} does not run this guarantor, {keeper} does", "it has to do this"),
    "Guarantor_RulesInvalid": ("these rules contradict themselves: {what} is {value}", "change them"),
    "InsurancePool_NoLine": (
        "merchant {merchant} has no insurance that takes new cards",
        "the underwriter writes a line: `prepaid guarantee line`",
    ),
    "InsurancePool_LineNotOpen": ("line {line} is not open to this", "`prepaid guarantee show`"),
    "InsurancePool_LineNotOver": ("line {line} still runs, until {until}", "wait for its last day"),
    "InsurancePool_PremiumMissing": (
        "{needed} fen of the premium are due from payer {place} of line {line}, {there} are there",
        "fill the account: `prepaid guarantee fund --line`",
    ),
    "InsurancePool_NotPayer": ("{caller} is not payer {place} of line {line}", "`prepaid guarantee show`"),
    "InsurancePool_NotBeneficiary": ("{caller} is not insured by line {line}", "its beneficiary claims"),
    "InsurancePool_RoundOpen": (
        "round {round_} of line {line} still takes claims or waits for decisions ({undecided})",
        "the pot is shared when its days are over",
    ),
    "InsurancePool_RoundClosed": ("round {round_} of line {line} has been shared out", "pay its claims"),
    "InsurancePool_AllotmentWrong": (
        "the parts proposed for round {round_} of line {line} make {parts} fen, the pot holds {pot}",
        "`prepaid guarantee pay` proposes the right ones",
    ),
    "InsurancePool_NotAllotted": (
        "round {round_} of line {line} has not been shared out yet",
        "`prepaid guarantee pay` does, once its days are over",
    ),
    "PlatformAdvance_NotLabelled": (
        "neither merchant {merchant} nor the product carries the platform's label",
        "the platform gives it: `prepaid guarantee label`",
    ),
    "CoverBook_NotOperator": ("{caller} is no operator of this platform", _OPERATOR),
    "CoverBook_PledgesUnsound": (
        "these pledges make no cover (place {place})",
        "one to four admitted guarantors, each once, each with a limit: `prepaid guarantee show`",
    ),
    # ---- money
    "DigitalYuan_NotIssuer": ("{caller} does not issue this digital yuan", "use the issuer's account"),
    "ERC20InsufficientBalance": (
        "{sender} has {balance} fen, {needed} are needed",
        "`prepaid account fund` on a local chain, or a smaller amount",
    ),
    "ERC20InsufficientAllowance": (
        "{spender} may draw {allowance} fen, {needed} are needed",
        "approve the sub-wallet first, or pay by signature",
    ),
    "ERC3009UsedAuthorization": ("this payment was used or cancelled before", "buy again: it gets a new id"),
    "ERC3009InvalidSignature": (
        "the payment's signature is not the payer's over exactly this payment",
        "was it signed with another account or for another chain?",
    ),
    "ERC3009InvalidAuthorizationTime": ("the payment's time has passed or not come", "buy again"),
}
"""Error name -> (message with {values}, hint)."""

_CARD = ("never opened", "open", "ended", "ended, the merchant still to collect", "ended short")
_MERCHANT = ("never applied", "applied", "approved", "suspended", "stopped", "closed")
_STEP = ("none", "with the merchant", "refused by the merchant", "escalated", "ruled", "settled")
_STAGE = ("not accepted", "promised", "filed", "confirmed", "refused", "paid", "released")
_TRIGGER = (
    "the merchant is gone", "bankruptcy", "a licence revoked", "closure", "an arbiter's ruling", "fraud",
)  # fmt: skip
_NUMBERED = {
    "Guarantor_CardNotShort": ("status", _CARD),
    "Guarantor_NotTriggered": ("trigger", _TRIGGER),
    "Guarantor_NotVerified": ("stage", _STAGE),
    "Guarantor_StillStands": ("stage", _STAGE),
    "Guarantor_WrongStage": ("stage", _STAGE),
    "SubWallet_CardNotOpen": ("status", _CARD),
    "SubWallet_NothingToCollect": ("status", _CARD),
    "MerchantRegistry_WrongStatus": ("status", _MERCHANT),
    "Disputes_NotEscalated": ("step", _STEP),
    "Disputes_WrongStep": ("step", _STEP),
}
"""Error name -> a value that is a number, and what it says, in the order in which the contracts number it."""


def explain(name: str, values: Mapping[str, Any]) -> tuple[str, str]:
    """Message and hint for the error `name` with `values` (bytes already as 0x text)."""
    field, said = _NUMBERED.get(name, ("", ()))
    number = values.get(field)
    if isinstance(number, int) and number < len(said):
        values = {**values, field: said[number]}
    row = HINTS.get(name)
    if row is None:
        return _sentence(name, values), ""
    message, hint = row
    try:
        return message.format(**values), hint
    except (KeyError, IndexError):
        # A row written for another version of the error must not hide the error itself.
        return _sentence(name, values), hint


def words(name: str) -> str:
    """`SubWallet_CardClosed` as `sub wallet: card closed`."""
    parts = [
        re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", part) for part in name.split("_")
    ]
    return ": ".join(part.lower() for part in parts if part)


def _sentence(name: str, values: Mapping[str, Any]) -> str:
    shown = ", ".join(f"{key} {value}" for key, value in values.items())
    return f"{words(name)} ({shown})" if shown else words(name)
