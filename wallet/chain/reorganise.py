"""A reorganisation, made on purpose: the newest blocks give way to others that do not hold what was in them.

Every chain that can go back to a snapshot can do this. What a public chain does by itself, a laboratory does
at a moment of its choosing, so that it can be seen what becomes of a payment whose block is gone.
"""

from __future__ import annotations

from wallet.chain.base import Chain, Head


def reorganise(chain: Chain, snapshot: str) -> Head:
    """Put other, empty blocks in the place of those since `snapshot`, and one more; the newest is returned.

    The clock does not go back, so what fell due stays due. Transactions of the blocks that gave way are not
    waiting either: whoever still has them may send them again. Raises Unsupported where the chain has no
    snapshots, and ChainError `no-such-snapshot`.
    """
    before = chain.head()
    chain.revert(snapshot)
    missing = before.number + 1 - chain.head().number
    ahead = before.timestamp + 1 - chain.now()
    if ahead > 0:
        chain.advance(ahead)
        missing -= 1
    return chain.mine(missing) if missing > 0 else chain.head()
