"""Return to the consumer what was sent to the sub-wallet by mistake, leaving what is frozen where it is.

The sub-wallet keeps no list of its cards; it asks for the terms of every card ever opened and checks that
none is missing. That list is read from the chain's logs, never from the journal.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.runtime import ask
from wallet.errors import InvalidInput
from wallet.services.context import Context
from wallet.services.records import cards_of
from wallet.services.sending import GAS, Item, send, send_all, simulate, succeeded
from wallet.signing.signer import Signer

GAS_EACH = 20_000
"""Gas for one card of the list: its terms as calldata, its id and its state."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What came back: `amount` in the token's smallest unit (fen), `cards` how many were listed."""

    sub_wallet: str
    consumer: str
    token: str
    amount: int
    cards: int
    transaction: str
    gas: int


def sweep(context: Context, consumer: Signer, *, token: str | None = None) -> Swept:
    """Send the surplus of `token` (default: the digital yuan) home to the consumer, who sends this itself.

    A sub-wallet that does not exist yet is created first, since its address was known and could be paid
    before. Raises InvalidInput (`nothing-to-sweep`) if all that is there is frozen, SubWalletNotConsumer if
    another account asks.
    """
    token = context.platform.token if token is None else token
    owner = consumer.address
    wallet = context.wallet_of(owner)
    if ask(context.chain, DigitalYuan(token).balance_of(wallet.address)) == 0:
        raise _nothing(wallet.address, token)
    if not context.chain.code(wallet.address):
        create = Item.of(context.factory.create(owner), f"create sub-wallet of {owner}")
        (receipt,) = send_all(context, consumer, [create], "prepare the sub-wallet")
        succeeded(context, receipt)
    cards = sorted(cards_of(context, owner), key=lambda record: record.card)
    call = wallet.sweep(token, [record.terms for record in cards])
    gas = GAS + GAS_EACH * len(cards)
    if simulate(context, call, owner, gas=gas) == 0:
        raise _nothing(wallet.address, token)
    sent = send(context, consumer, call, f"sweep {wallet.address}", gas=gas)
    return Swept(
        sub_wallet=wallet.address,
        consumer=owner,
        token=token,
        amount=sent.answer,
        cards=len(cards),
        transaction="0x" + sent.receipt.tx_hash.hex(),
        gas=sent.receipt.gas_used,
    )


def _nothing(wallet: str, token: str) -> InvalidInput:
    return InvalidInput(
        f"sub-wallet {wallet} holds nothing beyond what is frozen",
        hint="frozen money comes back when a card ends: `prepaid card terminate`",
        code="nothing-to-sweep",
        wallet=wallet,
        token=token,
    )
