"""Signatures as they travel, good ones and ones that must not count."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.contracts.harness import CHAIN_ID, Account
from tests.contracts.invariants.setting import Consumer, Setting
from wallet.eip712 import Domain, Message, sub_wallet_domain
from wallet.eip712.signature import ORDER, compact


@dataclass(frozen=True, slots=True)
class Sig:
    """A signature, the account that made it and the digest it was made over (b"" if mangled)."""

    data: bytes
    signer: str
    digest: bytes


def signature(random: Random, signer: Account, digest: bytes) -> Sig:
    """A good signature of an account over a digest, long or compact."""
    data = signer.sign_digest(digest)
    return Sig(compact(data) if random.random() < 0.3 else data, signer.address, digest)


def forgery(random: Random, setting: Setting, right: Account, who: Consumer, message: Message) -> Sig:
    """A message for the consumer's wallet that the right account should have signed: but by somebody else, or
    over something else, or mangled."""
    kind = random.randrange(6)
    if kind == 0:  # another person's
        others = [each.signer for each in (*setting.consumers, *setting.certifiers)]
        signer = random.choice([each for each in (*others, *setting.accounts) if each is not right])
        return signature(random, signer, message.digest(who.domain))
    if kind == 1:  # for another wallet
        other = next(each for each in setting.consumers if each is not who)
        return signature(random, right, message.digest(other.domain))
    if kind == 2:  # for another chain
        domain = sub_wallet_domain(CHAIN_ID + 1, who.wallet.address)
        return signature(random, right, message.digest(domain))
    if kind == 3:  # for another contract of the wallet's name
        domain = Domain("Digital Yuan", "1", CHAIN_ID, who.wallet.address)
        return signature(random, right, message.digest(domain))
    if kind == 4:  # over other values
        values = list(message.values())
        numbers = [place for place, value in enumerate(values) if isinstance(value, int)]
        values[random.choice(numbers)] += random.choice((1, 1000))
        return signature(random, right, type(message)(*values).digest(who.domain))
    good = signature(random, right, message.digest(who.domain)).data
    return Sig(mangled(random, good), right.address, b"")


def mangled(random: Random, data: bytes) -> bytes:
    """A signature that must not count: cut, empty, or the same one with a high s or a wrong v."""
    if len(data) == 64 or random.random() < 0.4:
        return random.choice((b"", data[:-2], data[:32], data + b"\0", bytes(65), bytes(64)))
    if random.random() < 0.5:
        high = ORDER - int.from_bytes(data[32:64])
        return data[:32] + high.to_bytes(32) + bytes([55 - data[64]])
    return data[:64] + bytes([random.choice((0, 1, data[64] - 27, 29, 255, 55 - data[64]))])
