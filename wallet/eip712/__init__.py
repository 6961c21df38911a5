"""Typed messages (EIP-712) and their signatures, computed directly.

A message is a frozen dataclass with a `Schema`; its digest is keccak over abi words, so that no web3
import and no JSON stands between a charge and its signature. Wallets that want JSON get the standard
typed-data document from `typed_data`. Nothing here knows keys on disk, chains or card rules.
"""

from wallet.address import ZERO_ADDRESS, parse_address, to_checksum
from wallet.eip712.cover import MOST_GUARANTORS, NO_COVER, cover_hash
from wallet.eip712.domain import Domain, digital_yuan_domain, sub_wallet_domain
from wallet.eip712.messages import (
    BumpEpoch,
    Certificate,
    Charge,
    Consume,
    DisputeStep,
    Permit,
    ReceiveWithAuthorization,
    Redirect,
    Terminate,
    Transfer,
    Voucher,
)
from wallet.eip712.schema import Message, Schema
from wallet.eip712.signature import recover, sign_digest, verify
from wallet.keccak import keccak256

__all__ = [
    "MOST_GUARANTORS",
    "NO_COVER",
    "ZERO_ADDRESS",
    "BumpEpoch",
    "Certificate",
    "Charge",
    "Consume",
    "DisputeStep",
    "Domain",
    "Message",
    "Permit",
    "ReceiveWithAuthorization",
    "Redirect",
    "Schema",
    "Terminate",
    "Transfer",
    "Voucher",
    "cover_hash",
    "digital_yuan_domain",
    "keccak256",
    "parse_address",
    "recover",
    "sign_digest",
    "sub_wallet_domain",
    "to_checksum",
    "verify",
]
