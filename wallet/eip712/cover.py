"""The guarantors of a card as `Terms.cover` names them: the hash of a list that travels beside the terms.

Mirrors contracts/types/Cover.sol. Whether a guarantor stands for a card is its own contract's business.
"""

from __future__ import annotations

from collections.abc import Sequence

from wallet.address import parse_address
from wallet.errors import InvalidInput
from wallet.keccak import keccak256

MOST_GUARANTORS = 4
NO_COVER = bytes(32)


def cover_hash(pledges: Sequence[tuple[str, int]]) -> bytes:
    """`Terms.cover` for these (guarantor, limit in fen), in the order in which they are asked; zero for none.

    Raises InvalidInput (`invalid-cover`) for a list that no card can be opened with.
    """
    if not pledges:
        return NO_COVER
    guarantors = [parse_address(guarantor, where="guarantor") for guarantor, _ in pledges]
    if len(pledges) > MOST_GUARANTORS or len(set(guarantors)) != len(guarantors):
        raise _invalid(f"{len(pledges)} guarantors, {len(set(guarantors))} of them different")
    words = [(32).to_bytes(32), len(pledges).to_bytes(32)]
    for guarantor, (_, limit) in zip(guarantors, pledges, strict=True):
        if not 0 < limit < 1 << 256:
            raise _invalid(f"a limit of {limit} fen for {guarantor}")
        words += [bytes(12) + bytes.fromhex(guarantor[2:]), limit.to_bytes(32)]
    return keccak256(b"".join(words))


def _invalid(what: str) -> InvalidInput:
    return InvalidInput(
        f"cover: {what}",
        hint=f"name one to {MOST_GUARANTORS} guarantors, each once, each with a limit of at least 1 fen",
        code="invalid-cover",
        what=what,
    )
