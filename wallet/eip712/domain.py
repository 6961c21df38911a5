"""The EIP-712 domain: which contract on which chain a signature is for.

Two domains exist here: the consumer's sub-wallet (every card message) and the digital yuan (allowances and
payments in one step). A signature made for one clone, chain or contract is worthless on any other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from wallet.address import address_bytes, parse_address
from wallet.keccak import keccak256

DOMAIN_FIELDS = (
    ("name", "string"),
    ("version", "string"),
    ("chainId", "uint256"),
    ("verifyingContract", "address"),
)

_TYPE_HASH = keccak256(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")


@dataclass(frozen=True, slots=True)
class Domain:
    """Name, version, chain id and contract; `separator` is computed once."""

    name: str
    version: str
    chain_id: int
    verifying_contract: str
    separator: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "verifying_contract", parse_address(self.verifying_contract))
        words = (
            _TYPE_HASH,
            keccak256(self.name.encode()),
            keccak256(self.version.encode()),
            self.chain_id.to_bytes(32, "big"),
            bytes(12) + address_bytes(self.verifying_contract),
        )
        object.__setattr__(self, "separator", keccak256(b"".join(words)))


@lru_cache(maxsize=1024)
def sub_wallet_domain(chain_id: int, sub_wallet: str) -> Domain:
    """The domain of every message about a card in that consumer's sub-wallet."""
    return Domain("Prepaid SubWallet", "1", chain_id, sub_wallet)


def digital_yuan_domain(chain_id: int, token: str) -> Domain:
    """The domain of `Permit` and `ReceiveWithAuthorization` on the digital yuan."""
    return Domain("Digital Yuan", "1", chain_id, token)
