"""What every service needs, in one immutable value: chain, journal, platform addresses, progress.

`open_context` is how a command starts: it brings the journal in line with the chain before anything else
happens. Signers are not in here; each service names the ones it needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from wallet.bindings.merchant_registry import MerchantRegistry
from wallet.bindings.product_catalogue import ProductCatalogue
from wallet.bindings.runtime import ask
from wallet.bindings.sub_wallet import SubWallet
from wallet.bindings.sub_wallet_factory import SubWalletFactory
from wallet.eip712.domain import Domain, sub_wallet_domain
from wallet.errors import EnvironmentFault
from wallet.ledger import Journal, Outbox, Recovery, Transaction, recover
from wallet.ledger.journal import OnStep
from wallet.services.deployment import Deployment, load_deployment, stands

if TYPE_CHECKING:
    from wallet.chain.base import Chain

OnProgress = Callable[[int, int, str], None]
"""Told (done, total, what) as work goes on."""


def quiet(done: int, total: int, what: str) -> None:
    """No progress shown."""


@dataclass(frozen=True, slots=True)
class Context:
    """One chain with its journal. `found` is the platform deployed there, None before `deploy`."""

    chain: Chain
    journal: Journal
    identity: str
    deployments: Path
    found: Deployment | None = None
    on_progress: OnProgress = quiet
    timeout: float = 60.0
    confirmations: int = 0
    language: str = "en"
    left_over: tuple[Transaction, ...] = ()
    """What earlier commands began and this one found finished or still waiting: not to be repeated."""
    _wallets: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def platform(self) -> Deployment:
        """The platform's addresses; EnvironmentFault (`not-deployed`) if there are none on this chain."""
        if self.found is None:
            raise EnvironmentFault(
                f"nothing is deployed on this chain ({self.identity})",
                hint="run `prepaid deploy` first; if another machine did: `prepaid deploy --join FILE`",
                code="not-deployed",
                chain=self.identity,
            )
        return self.found

    @property
    def outbox(self) -> Outbox:
        """Where transactions leave, and where what their receipts say is sealed."""
        from wallet.services.sealing import seals_of_receipts

        seals = partial(seals_of_receipts, self)
        return Outbox(self.chain, self.journal, self.identity, self.confirmations, seals)

    @property
    def merchants(self) -> MerchantRegistry:
        return MerchantRegistry(self.platform.merchant_registry)

    @property
    def catalogue(self) -> ProductCatalogue:
        return ProductCatalogue(self.platform.catalogue)

    @property
    def factory(self) -> SubWalletFactory:
        return SubWalletFactory(self.platform.factory)

    def wallet_of(self, owner: str) -> SubWallet:
        """The consumer's sub-wallet, at its address even before it exists."""
        address = self._wallets.get(owner)
        if address is None:
            # The factory derives it from the owner alone, so one answer is good for ever.
            address = self._wallets[owner] = ask(self.chain, self.factory.wallet_of(owner))
        return SubWallet(address)

    def domain_of(self, owner: str) -> Domain:
        """The signing domain of the consumer's sub-wallet."""
        return sub_wallet_domain(self.platform.chain_id, self.wallet_of(owner).address)

    def begun_before(self, purpose: str) -> Transaction | None:
        """The transaction whose purpose begins so, if an earlier command began it and did not see its end."""
        return next((t for t in self.left_over if t.purpose.startswith(purpose)), None)

    def with_platform(self, found: Deployment) -> Context:
        """The same context after a deployment."""
        return replace(self, found=found, _wallets={})


def open_context(
    chain: Chain,
    *,
    ledger: Path,
    deployments: Path,
    on_progress: OnProgress = quiet,
    on_step: OnStep | None = None,
    timeout: float = 60.0,
    confirmations: int = 0,
    language: str = "en",
    durable: bool = True,
) -> tuple[Context, Recovery]:
    """Open the journal, finish or report what an earlier command left, and find the platform.

    The caller closes `context.journal`, and tells the person what the Recovery says. `durable` off spares the
    disk where journal and book are thrown away in the end.
    """
    journal = Journal.open(ledger, on_step=on_step, durable=durable)
    try:
        identity = str(chain.identity())
        recovery = recover(chain, journal, identity, confirmations=confirmations)
        found = load_deployment(deployments, identity)
        if found is not None and not stands(chain, found):
            found = None
        context = Context(
            chain,
            journal,
            identity,
            deployments,
            found,
            on_progress,
            timeout,
            confirmations,
            language,
            left_over=(*recovery.finished, *recovery.waiting),
        )
        _seal_finished(context, recovery)
    except BaseException:
        journal.close()
        raise
    return context, recovery


def _seal_finished(context: Context, recovery: Recovery) -> None:
    """What the killed command did not live to see sealed."""
    from wallet.services.sealing import seals_of_receipts

    if recovery.finished and context.found is not None:
        receipts = context.chain.receipts([t.hash for t in recovery.finished])
        seals = seals_of_receipts(context, [receipt for receipt in receipts if receipt is not None])
        if seals:
            context.journal.seal(seals)
