"""Puts the system on a chain under Brownie and names its parts: `run("deploy")` in a console or script.

The contracts are compiled and driven by Brownie; messages are made and signed by the wallet library, which
knows nothing of Brownie. Contracts and people are Brownie's own objects, so everything else is Brownie's way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from brownie import (
    CoverBook,
    DigitalYuan,
    DiscountCard,
    Disputes,
    GuaranteeFund,
    MerchantRegistry,
    Milestones,
    Period,
    ProductCatalogue,
    Relay,
    Sessions,
    StoredValue,
    SubWallet,
    SubWalletFactory,
    TemplateRegistry,
    accounts,
    chain,
    web3,
)

from wallet.eip712.domain import Domain, digital_yuan_domain, sub_wallet_domain
from wallet.eip712.messages import Consume, ReceiveWithAuthorization, Terminate
from wallet.eip712.schema import Message
from wallet.eip712.signature import sign_digest
from wallet.keccak import keccak256
from wallet.terms import Terms

MNEMONIC = "test test test test test test test test test test test junk"
NAME = "示例口腔"
FORM = keccak256(b"standard form")
MONEY = 2_000_00
NEGOTIATION_DAYS = 7
STOPPED = 0b1111
"""Triggers of a claim: all that the merchant registry shows."""


@dataclass(frozen=True)
class Platform:
    """Deployed contracts and people. `rules` are the admitted templates' addresses by name."""

    operator: Any
    merchant: Any
    consumer: Any
    relayer: Any
    yuan: Any
    merchants: Any
    templates: Any
    catalogue: Any
    disputes: Any
    factory: Any
    relay: Any
    fund: Any
    cover_book: Any
    rules: dict[str, str]

    # ------------------------------------------------------------------------------------------- cards

    def sub_wallet(self) -> Any:
        """The consumer's sub-wallet, created if need be."""
        address = self.factory.walletOf(self.consumer)
        if not web3.eth.get_code(address):
            self.factory.create(self.consumer, {"from": self.relayer})
        return SubWallet.at(address)

    def terms(self, principal: int, *, template: str = "StoredValue", salt: int = 1, **numbers: Any) -> Terms:
        """A purchase at the merchant, good to be opened within the hour; money in fen."""
        product = Terms.build(
            token=self.yuan.address,
            merchant=self.merchant.address,
            template=self.rules[template],
            form=FORM,
            principal=principal,
            **numbers,
        )
        return product.bought(salt=salt, buy_by=chain.time() + 3600)

    def buy(self, terms: Terms) -> bytes:
        """Pay and open by one signature, carried by somebody else; the card's id."""
        signature = self.purchase_authorisation(terms)
        opened = self.sub_wallet().openWithAuthorization(terms.values(), signature, {"from": self.relayer})
        return bytes(opened.return_value)

    def consume(self, terms: Terms, message: Consume, *, signer: Any = None) -> Any:
        """Carry a consumption signed by the consumer (or another); Brownie's receipt."""
        values, signature = message.values()[1:], self.sign(message, signer=signer)
        return self.sub_wallet().consume(terms.values(), values, signature, {"from": self.relayer})

    def terminate(self, terms: Terms, message: Terminate) -> Any:
        """Carry a termination signed by the consumer; Brownie's receipt."""
        values = (terms.values(), message.min_refund, message.deadline)
        return self.sub_wallet().terminateBySig(*values, self.sign(message), {"from": self.relayer})

    def held(self, card: bytes) -> int:
        """Fen that the card holds."""
        return int(self.sub_wallet().cardOf(card)[3])

    # ------------------------------------------------------------------------------------------ signed

    def domain(self) -> Domain:
        """What the consumer's signatures are good for: this chain and this sub-wallet."""
        return sub_wallet_domain(chain.id, self.factory.walletOf(self.consumer))

    def sign(self, message: Message, domain: Domain | None = None, *, signer: Any = None) -> bytes:
        """The consumer's (or another's) signature, by default for the consumer's sub-wallet."""
        key = bytes.fromhex((signer or self.consumer).private_key.removeprefix("0x"))
        return sign_digest(key, message.digest(domain or self.domain()))

    def consumption(
        self, card: bytes, used: int, most: int, reference: str, *, listed: int | None = None
    ) -> Consume:
        """Up to the running total `used` (the card kind's unit), paying `most` fen at most."""
        salted = keccak256(b"sixteen bytes ok" + reference.encode())
        return Consume(card, used, used if listed is None else listed, most, salted, chain.time() + 300, 0)

    def termination(self, card: bytes, least: int) -> Terminate:
        """The end of a card that brings back `least` fen, or does not happen."""
        return Terminate(card, least, chain.time() + 300, 0)

    def purchase_authorisation(self, terms: Terms) -> bytes:
        """One ERC-3009 signature that both pays for a card and opens it."""
        wallet, card = self.factory.walletOf(self.consumer), terms.card_id(self.domain())
        consumer, until = self.consumer.address, terms.buy_by + 1
        message = ReceiveWithAuthorization(consumer, wallet, terms.principal, 0, until, card)
        return self.sign(message, digital_yuan_domain(chain.id, self.yuan.address))


def main() -> Platform:
    """Everything a programme needs, a merchant approved, the consumer with 2,000 yuan and no sub-wallet."""
    operator, merchant, consumer, relayer = accounts.from_mnemonic(MNEMONIC, count=4)
    by = {"from": operator}
    yuan = DigitalYuan.deploy(operator, by)
    merchants = MerchantRegistry.deploy(operator, by)
    templates = TemplateRegistry.deploy(by)
    disputes = Disputes.deploy(operator, operator, NEGOTIATION_DAYS, by)
    factory = SubWalletFactory.deploy(SubWallet.deploy(templates, merchants, disputes, by), by)
    catalogue = ProductCatalogue.deploy(operator, templates, merchants, by)
    rules = {
        kind._name: templates.register(kind.deploy(by), by).return_value
        for kind in (StoredValue, Sessions, DiscountCard, Period, Milestones)
    }
    # The operator assesses claims; seven days to wait, five to look into one; fen for a card, merchant, all.
    limits = (operator, STOPPED, 7, 5, 1155, 5_000_00, 400_000_00, 10**12)
    fund = GuaranteeFund.deploy(operator, yuan, factory, merchants, disputes, catalogue, limits, by)
    cover_book = CoverBook.deploy(merchants, [fund], ["GuaranteeFund"], by)
    merchants.applyToSell(NAME, keccak256(b"licence"), {"from": merchant})
    merchants.approve(merchant, by)
    catalogue.registerForm(FORM, "standard form", by)
    yuan.mint(consumer, MONEY, by)
    return Platform(
        operator, merchant, consumer, relayer, yuan, merchants, templates, catalogue, disputes, factory,
        Relay.deploy(by), fund, cover_book, rules,
    )  # fmt: skip
