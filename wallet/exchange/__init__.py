"""How charges and authorisations travel between two machines: JSON files, compact bytes, QR codes.

A merchant's machine writes a charge, the consumer's answers with an authorisation; certificates and the words
of a dispute travel likewise. Reading is strict, since
what arrives was written by somebody else. Whether a well-formed charge may be signed is decided in
`wallet.signing.checks`, not here.
"""

from wallet.exchange.binary import from_bytes, to_bytes
from wallet.exchange.documents import Authorisation, ChargeRequest, Document, Reference, VoucherAuthorisation
from wallet.exchange.files import from_json, read_document, to_json, write_document
from wallet.exchange.statements import SignedCertificate, Statement

__all__ = [
    "Authorisation",
    "ChargeRequest",
    "Document",
    "Reference",
    "SignedCertificate",
    "Statement",
    "VoucherAuthorisation",
    "from_bytes",
    "from_json",
    "read_document",
    "to_bytes",
    "to_json",
    "write_document",
]
