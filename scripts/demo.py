"""The story of one card under Brownie: `make brownie`, or in a Brownie console `run("demo")`.

The contracts are compiled and driven by Brownie; messages are made and signed by the wallet library, which
knows nothing of Brownie. The same story without Brownie is `prepaid demo`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from brownie import (
    DigitalYuan,
    Disputes,
    MerchantRegistry,
    StoredValue,
    SubWallet,
    SubWalletFactory,
    TemplateRegistry,
    accounts,
    chain,
)

from wallet.eip712.domain import Domain, digital_yuan_domain, sub_wallet_domain
from wallet.eip712.messages import Consume, ReceiveWithAuthorization, Terminate
from wallet.eip712.schema import Message
from wallet.eip712.signature import sign_digest
from wallet.keccak import keccak256
from wallet.money import format_yuan
from wallet.terms import Terms

MNEMONIC = "test test test test test test test test test test test junk"
NAME = "示例口腔"
NEGOTIATION_DAYS = 7


@dataclass(frozen=True)
class Stage:
    """Deployed contracts and the people of the story, as Brownie's own objects."""

    operator: Any
    merchant: Any
    consumer: Any
    relayer: Any
    yuan: Any
    merchants: Any
    templates: Any
    factory: Any
    stored_value: str

    def sub_wallet(self) -> Any:
        """The consumer's sub-wallet, created if need be."""
        address = self.factory.walletOf(self.consumer)
        if not chain_has_code(address):
            self.factory.create(self.consumer, {"from": self.relayer})
        return SubWallet.at(address)

    def domain(self) -> Domain:
        return sub_wallet_domain(chain.id, self.factory.walletOf(self.consumer))

    def terms(self, principal: int, bonus: int = 0, *, salt: int = 1, **numbers: int) -> Terms:
        """A purchase of a stored-value card of the merchant, good to be opened within the hour."""
        product = Terms.build(
            token=self.yuan.address,
            merchant=self.merchant.address,
            template=self.stored_value,
            form=keccak256(b"standard form"),
            principal=principal,
            bonus=bonus,
            **numbers,
        )
        return product.bought(salt=salt, buy_by=chain.time() + 3600)

    def sign(self, message: Message, domain: Domain | None = None, *, signer: Any = None) -> bytes:
        """The consumer's (or another's) signature, by default for the consumer's sub-wallet."""
        key = bytes.fromhex((signer or self.consumer).private_key.removeprefix("0x"))
        return sign_digest(key, message.digest(domain or self.domain()))

    def consumption(self, card: bytes, used: int, most: int, reference: str) -> Consume:
        """A consumption up to the running total `used` (fen of face value), paying `most` fen at most."""
        salted = keccak256(b"sixteen bytes ok" + reference.encode())
        return Consume(card, used, used, most, salted, chain.time() + 300, 0)

    def purchase_authorisation(self, terms: Terms) -> bytes:
        """One ERC-3009 signature that both pays for a card and opens it."""
        message = ReceiveWithAuthorization(
            self.consumer.address,
            self.factory.walletOf(self.consumer),
            terms.principal,
            0,
            terms.buy_by + 1,
            terms.card_id(self.domain()),
        )
        return self.sign(message, digital_yuan_domain(chain.id, self.yuan.address))


def chain_has_code(address: str) -> bool:
    """Whether a contract stands at `address`."""
    from brownie import web3

    return len(web3.eth.get_code(address)) > 0


def deploy() -> Stage:
    """What a programme needs, a merchant approved, the consumer with 2,000 yuan and no sub-wallet yet."""
    operator, merchant, consumer, relayer = accounts.from_mnemonic(MNEMONIC, count=4)
    by = {"from": operator}
    yuan = DigitalYuan.deploy(operator, by)
    merchants = MerchantRegistry.deploy(operator, by)
    templates = TemplateRegistry.deploy(by)
    disputes = Disputes.deploy(operator, operator, NEGOTIATION_DAYS, by)
    factory = SubWalletFactory.deploy(SubWallet.deploy(templates, merchants, disputes, by), by)
    source = StoredValue.deploy(by)
    stored_value = templates.register(source, by).return_value
    merchants.applyToSell(NAME, keccak256(b"licence"), {"from": merchant})
    merchants.approve(merchant, by)
    yuan.mint(consumer, 2_000_00, by)
    return Stage(operator, merchant, consumer, relayer, yuan, merchants, templates, factory, stored_value)


def main() -> None:
    """Pay 1000 for a card worth 1300, use 30 and 100 of it, end it, get 900 back."""
    stage = deploy()
    sub_wallet = stage.sub_wallet()
    terms = stage.terms(1_000_00, 300_00)
    stage.yuan.approve(sub_wallet, terms.principal, {"from": stage.consumer})
    opened = sub_wallet.open(terms.values(), {"from": stage.consumer})
    card = bytes(opened.return_value)
    assert card == terms.card_id(stage.domain())
    tell(stage, f"bought card {card.hex()[:8]} at {NAME}", card)

    for used, most, reference in ((30_00, 23_07, "C-17"), (130_00, 76_93, "C-18")):
        message = stage.consumption(card, used, most, reference)
        sub_wallet.consume(terms.values(), message.values()[1:], stage.sign(message), {"from": stage.relayer})
        tell(stage, f"consumed up to {format_yuan(used)} of 1300.00 (charge {reference})", card)

    ended = Terminate(card, 900_00, chain.time() + 300, 0)
    sub_wallet.terminateBySig(
        terms.values(), ended.min_refund, ended.deadline, stage.sign(ended), {"from": stage.relayer}
    )
    tell(stage, "ended the contract", card)
    assert stage.yuan.balanceOf(stage.consumer) == 1_900_00
    assert stage.yuan.balanceOf(stage.merchant) == 100_00
    assert stage.yuan.balanceOf(sub_wallet) == 0


def tell(stage: Stage, what: str, card: bytes) -> None:
    """One line of the story, with where the money is."""
    held = stage.sub_wallet().cardOf(card)[3]
    print(
        f"{what}: frozen {format_yuan(held)}, merchant {format_yuan(stage.yuan.balanceOf(stage.merchant))}, "
        f"consumer {format_yuan(stage.yuan.balanceOf(stage.consumer))}"
    )
