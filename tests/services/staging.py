"""The stage on which vectors are played, as a place for tests of services: people, cards and time on revm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from wallet.chain.revm import RevmChain
from wallet.services.context import open_context
from wallet.signing.dev import dev_signer
from wallet.vectors.stage import Stage


def stage_in(folder: Path) -> Iterator[Stage]:
    """A platform with two merchants, a consumer, a bank and a newcomer on an in-process chain."""
    chain = RevmChain()
    context, _ = open_context(chain, ledger=folder / "ledger.sqlite", deployments=folder / "deployments")
    with context.journal:
        yield Stage(context, lambda n: dev_signer(n, chain_id=chain.chain_id(), endpoint=None))
