"""Sealed records of what happened to a card, and their proof to somebody who trusts neither us nor our files.

A record is sealed when a message is signed or a receipt arrives: every field has a hash, and every record the
hash of the one before. A file of them carries the signatures, and the proofs of the events under the headers
of their blocks, so that it can be checked without us: `docs/evidence.md` is all that takes. Which records
there are to seal, and where they are kept, is the services' and the ledger's business.
"""
