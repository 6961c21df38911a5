"""One platform with its people and a product, on either backend."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pytest

from wallet.chain.anvil_process import AnvilMissing, find_anvil
from wallet.chain.base import Chain, ChainError
from wallet.exchange import Authorisation
from wallet.ledger import Recovery
from wallet.services import authorise, buy, charge, consume, deploy, fund, onboard, publish
from wallet.services.context import Context, open_context
from wallet.signing.dev import dev_signer
from wallet.signing.policy import Policy
from wallet.signing.signer import KeySigner

MERCHANT_NAME, PRODUCT = "示例口腔", "1000 送 300"
ROOT = Path(__file__).resolve().parents[2]


def open_backend(folder: Path, spec: str) -> Chain:
    """The chain "eth-tester" or "anvil" in `folder`, or the node at a URL."""
    if spec == "eth-tester":
        from wallet.chain.eth_tester import EthTesterChain

        return EthTesterChain(folder / "chain.sqlite")
    if spec == "anvil":
        from wallet.chain.anvil import AnvilChain

        return AnvilChain(folder / "anvil")
    from wallet.chain.rpc import RpcChain

    return RpcChain(spec)


@dataclass
class World:
    """A context with the people in it."""

    context: Context
    recovery: Recovery
    operator: KeySigner
    merchant: KeySigner
    consumer: KeySigner
    other: KeySigner

    @classmethod
    def open(cls, folder: Path, spec: str, on_step: Callable[[str], None] | None = None) -> World:
        """Open what stands in `folder`, as a command would."""
        folder.mkdir(parents=True, exist_ok=True)
        chain = open_backend(folder, spec)
        try:
            context, recovery = open_context(
                chain, ledger=folder / "ledger.sqlite", deployments=folder / "deployments", on_step=on_step
            )
        except BaseException:
            chain.close()
            raise
        people = [dev_signer(n, chain_id=chain.chain_id(), endpoint=chain.endpoint) for n in range(4)]
        return cls(context, recovery, *people)

    def __enter__(self) -> World:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.context.journal.close()
        self.context.chain.close()

    def buy(self, product: str = PRODUCT, *, method: str = "signature", carried: bool = True) -> buy.Bought:
        """The consumer buys; the merchant carries."""
        preview = buy.preview_purchase(self.context, self.consumer.address, product)
        carrier = self.merchant if carried else None
        return buy.buy(self.context, self.consumer, preview, method=method, carrier=carrier)

    def charge(self, card: str, used: int = 3000, number: str = "C-17") -> charge.Charged:
        """The merchant asks for 30.00."""
        return charge.make_charge(self.context, self.merchant, card, used, number)

    def authorise(self, card: str, used: int = 3000, number: str = "C-17") -> Authorisation:
        """The merchant asks and the consumer signs."""
        document = self.charge(card, used, number).document
        request = authorise.preview_charge(self.context, self.consumer.address, document, Policy())
        return authorise.authorise(self.context, self.consumer, request).document

    def consume(self, document: Authorisation) -> consume.Consumption:
        """The merchant carries it."""
        return consume.consume(self.context, self.merchant, document)


def prepare(world: World) -> None:
    """Deploy, onboard, publish and fund."""
    world.context, _ = deploy.deploy(world.context, world.operator)
    onboard.apply_to_sell(world.context, world.merchant, MERCHANT_NAME, "licence 1")
    onboard.approve(world.context, world.operator, world.merchant.address)
    terms = publish.terms_for(
        world.context,
        merchant=world.merchant.address,
        template="StoredValue",
        principal=100_000,
        bonus=30_000,
        consumer_formula=1,
    )
    publish.publish(world.context, world.merchant, terms, PRODUCT)
    fund.fund(world.context, world.operator, world.consumer.address, 10_000_000)


def start_anvil(*arguments: str) -> Iterator[str]:
    """Run an anvil on a free port and yield its URL."""
    try:
        # Not npm's launcher: killed, it would leave the node it started behind.
        binary = str(find_anvil(ROOT))
    except AnvilMissing as missing:
        pytest.skip(str(missing))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [binary, "--port", str(port), "--silent", "--hardfork", "prague", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url)
        yield url
    finally:
        process.kill()
        process.wait()


def _wait_for(url: str) -> None:
    from wallet.chain.rpc import RpcChain

    for _ in range(100):
        try:
            RpcChain(url).close()
        except ChainError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("anvil did not start")
