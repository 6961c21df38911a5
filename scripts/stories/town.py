"""What every story needs before it begins: a chain, the platform on it, merchants that may sell, money.

Everything is a plain call of a service; a command does the same. What happens afterwards stands in the
stories themselves.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scripts.stories.told import LANGUAGES, MONEY, tell
from wallet.chain import open_chain, stop_chain
from wallet.errors import PrepaidError
from wallet.home import Home
from wallet.services.cards import balance, show_card
from wallet.services.context import Context, open_context
from wallet.services.deploy import deploy
from wallet.services.fund import fund
from wallet.services.onboard import apply_to_sell, approve
from wallet.services.publish import publish, terms_for
from wallet.signing.dev import dev_signer
from wallet.signing.signer import KeySigner


@dataclass(frozen=True, slots=True)
class Town:
    """A platform with its people. `first` and `second` are merchants, `consumer` has money on hand."""

    context: Context
    language: str
    operator: KeySigner
    first: KeySigner
    second: KeySigner
    consumer: KeySigner

    def say(self, key: str, **values: int | str) -> None:
        """Tell one sentence."""
        print(tell(self.language, key, **values))

    def show(self, card: str, merchant: KeySigner) -> None:
        """Say where the money is."""
        held = show_card(self.context, card).held
        self.say("money", held=held, merchant=self.money(merchant), consumer=self.money(self.consumer))

    def money(self, who: KeySigner) -> int:
        """Fen on hand."""
        return balance(self.context, who.address).on_hand

    def admit(self, merchant: KeySigner, name: str) -> None:
        """A merchant applies, the operator approves."""
        apply_to_sell(self.context, merchant, name, "示例执照")
        approve(self.context, self.operator, merchant.address)

    def sell(self, merchant: KeySigner, name: str, principal: int, **numbers: Any) -> None:
        """A stored-value card of this price on the merchant's list."""
        terms = terms_for(
            self.context, merchant=merchant.address, template="StoredValue", principal=principal, **numbers
        )
        publish(self.context, merchant, terms, name)


@contextmanager
def town(arguments: Sequence[str] | None, story: str | None) -> Iterator[Town]:
    """The platform on the chain that the arguments name, with the consumer funded; all thrown away after."""
    parser = argparse.ArgumentParser(description=story)
    parser.add_argument("--chain", default="revm", help="revm, eth-tester, anvil or rpc:URL (default: revm)")
    parser.add_argument("--lang", default="en", choices=LANGUAGES)
    given = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="prepaid-story-") as folder:
        try:
            with _standing(given.chain, given.lang, Home(Path(folder))) as here:
                yield here
        except PrepaidError as error:
            parser.exit(error.exit_status, f"{error}\n  {error.hint}\n")


@contextmanager
def _standing(spec: str, language: str, home: Home) -> Iterator[Town]:
    chain = open_chain(spec, home)
    try:
        context, _ = open_context(chain, ledger=home.ledger, deployments=home.deployments, language=language)
        with context.journal:
            people = [dev_signer(n, chain_id=chain.chain_id(), endpoint=chain.endpoint) for n in range(4)]
            context, _ = deploy(context, people[0])
            fund(context, people[0], people[3].address, MONEY)
            yield Town(context, language, *people)
    finally:
        chain.close()
        stop_chain(spec, home)
