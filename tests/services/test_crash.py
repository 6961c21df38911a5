"""Killed at every step of the journal, the next command finishes or tells; nothing is paid twice."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.services.world import PRODUCT, World, prepare
from wallet.chain.base import ChainError
from wallet.chain.reorganise import reorganise
from wallet.errors import EnvironmentFault, PolicyRefusal, PrepaidError
from wallet.exchange import Authorisation
from wallet.ledger import State
from wallet.rules import Status
from wallet.services import buy, cards, consume, deploy, fund, terminate
from wallet.services.once import BegunBefore
from wallet.services.records import cards_of, find_card, state_of

Action: TypeAlias = Callable[[World], object]
SENDING = ("prepared", "sent", "marked-sent", "mined", "marked-mined")
NEVER = "never"


class Lab:
    """A folder, the chain it is on, and a way to run commands there in processes of their own."""

    def __init__(self, folder: Path, spec: str) -> None:
        self.folder, self.spec = folder, spec

    def open(self, on_step: Callable[[str], None] | None = None) -> World:
        return World.open(self.folder, self.spec, on_step)

    def run(self, action: Action, *, die_at: str = NEVER, passes: int = 0) -> str:
        """Run the action in a process that SIGKILLs itself at step `die_at`; what it answered."""
        (end,) = self.run_all([action], die_at=die_at, passes=passes)
        expected = 0 if die_at == NEVER else -signal.SIGKILL
        assert end[0] == expected, end[1]
        return end[1]

    def run_all(
        self, actions: Sequence[Action], *, die_at: str = NEVER, passes: int = 0
    ) -> list[tuple[int, str]]:
        """Run them at the same time: each one's exit status and answer."""
        running = []
        for action in actions:
            read, write = os.pipe()
            child = os.fork()
            if child == 0:
                os.close(read)
                self._live(action, write, die_at, passes)
            os.close(write)
            running.append((child, read))
        ends = []
        for child, read in running:
            with os.fdopen(read) as pipe:
                said = pipe.read()
            ends.append((os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said))
        return ends

    def _live(self, action: Action, write: int, die_at: str, passes: int) -> None:
        left = passes

        def die_there(name: str) -> None:
            nonlocal left
            if name == die_at:
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 1

        status = 1
        try:
            with self.open(die_there) as world:
                said = str(action(world))
            status = 0
        except BaseException as error:
            said = f"{getattr(error, 'error_code', type(error).__name__)}: {error}"
        os.write(write, said.encode())
        os._exit(status)


def consuming(*documents: Authorisation) -> Action:
    """The merchant carries these."""

    def act(world: World) -> object:
        if len(documents) == 1:
            return world.consume(documents[0])
        return consume.consume_many(world.context, world.merchant, documents)

    return act


def buying(world: World) -> object:
    """The consumer buys a card."""
    return world.buy()


def ending(card: str) -> Action:
    """The consumer ends the card, carried by somebody else."""

    def act(world: World) -> object:
        exit_ = terminate.preview_termination(world.context, card)
        return terminate.terminate(world.context, world.consumer, exit_, carrier=world.other)

    return act


@pytest.fixture(params=["eth-tester", "anvil"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    if request.param == "eth-tester":
        yield Lab(request.getfixturevalue("folder"), "eth-tester")
        return
    yield Lab(*request.getfixturevalue("node"))


@pytest.mark.parametrize("step", SENDING)
def test_a_consumption_killed_at(lab: Lab, step: str) -> None:
    """The signed charge moves its 23.07 exactly once, whoever finishes it."""
    with lab.open() as world:
        card = world.buy().card
        document = world.authorise(card)
    lab.run(consuming(document), die_at=step)
    with lab.open() as world:
        found = world.recovery
        if step == "marked-mined":
            assert found.quiet
        else:
            assert [t.state for t in found.finished] == [State.MINED]
            assert len(found.resent) == (1 if step == "prepared" else 0)
        shown = cards.show_card(world.context, card)
        assert (shown.used, shown.released, shown.held) == (3000, 2307, 97_693)
        with pytest.raises(PolicyRefusal) as caught:
            world.consume(document)
        assert caught.value.error_code == "already-used"
        assert world.context.journal.pending(world.context.identity) == []
    with lab.open() as world:
        assert world.recovery.quiet


@pytest.mark.parametrize("step", ["authorisation-recorded", *SENDING])
def test_a_purchase_killed_at(lab: Lab, step: str) -> None:
    """The card is there once or not at all; the money is frozen or in the account, never neither."""
    lab.run(buying, die_at=step)
    with lab.open() as world:
        consumer = world.consumer.address
        signed = world.context.journal.authorisations(world.context.identity, signer=consumer)
        # Its first steps create the sub-wallet; the signature over the money comes after that.
        assert len(signed) == (1 if step == "authorisation-recorded" else 0)
        assert world.context.journal.pending(world.context.identity) == []
        assert _whole(world) == 10_000_000
        assert cards_of(world.context, consumer) == []
    lab.run(buying, die_at=step)  # the sub-wallet exists now: this time it dies while opening the card
    with lab.open() as world:
        opened = cards_of(world.context, world.consumer.address)
        assert len(opened) == (0 if step == "authorisation-recorded" else 1)
        assert _whole(world) == 10_000_000
        assert world.context.journal.pending(world.context.identity) == []


@pytest.mark.parametrize("step", ["authorisation-recorded", *SENDING])
def test_a_termination_killed_at(lab: Lab, step: str) -> None:
    """The refund comes once."""
    with lab.open() as world:
        card = world.buy().card
        world.consume(world.authorise(card))
    lab.run(ending(card), die_at=step)
    with lab.open() as world:
        state = state_of(world.context, find_card(world.context, card))
        if step == "authorisation-recorded":
            assert state.status is Status.OPEN
            exit_ = terminate.preview_termination(world.context, card)
            terminate.terminate(world.context, world.consumer, exit_)
        assert state_of(world.context, find_card(world.context, card)).status is Status.OWING
        assert _whole(world) == 10_000_000 - 3000


def test_an_authorisation_killed_before_it_is_shown(lab: Lab) -> None:
    """What was signed is in the journal, with the sentence it was signed under; it can be voided."""
    with lab.open() as world:
        card = world.buy().card
    # Passed once already: the merchant writes its charge down the same way.
    assert lab.run(lambda world: world.authorise(card), die_at="authorisation-recorded", passes=1) == ""
    with lab.open() as world:
        (signed,) = world.context.journal.authorisations(
            world.context.identity, card=bytes.fromhex(card[2:]), signer=world.consumer.address
        )[1:]
        assert (signed.kind, signed.pays) == ("Consume", 2307)
        assert signed.message["sentence"].startswith("Spend 30.00")


@pytest.mark.parametrize("step", SENDING)
def test_a_batch_killed_at(lab: Lab, step: str) -> None:
    """Several at once: all are finished, each once."""
    with lab.open() as world:
        ids = [world.buy().card for _ in range(3)]
        documents = [world.authorise(card) for card in ids]
    lab.run(consuming(*documents), die_at=step)
    with lab.open() as world:
        assert [cards.show_card(world.context, card).released for card in ids] == [2307] * 3
        assert len(world.recovery.resent) == (3 if step == "prepared" else 0)
    with lab.open() as world:
        assert world.recovery.quiet


def test_killed_again_and_again(lab: Lab) -> None:
    """Each attempt dies at another step, recovery included; in the end it happened once."""
    with lab.open() as world:
        card = world.buy().card
        document = world.authorise(card)
    lab.run(consuming(document), die_at="prepared")
    lab.run(consuming(document), die_at="marked-sent")  # dies while recovering
    lab.run(buying, die_at="marked-sent")
    with lab.open() as world:
        shown = cards.show_card(world.context, card)
        assert (shown.released, shown.used) == (2307, 3000)
        assert world.context.journal.pending(world.context.identity) == []


def test_two_commands_at_once(lab: Lab) -> None:
    """Two processes of one merchant at the same moment: both charges move, each once, no nonce is lost."""
    with lab.open() as world:
        ids = [world.buy().card for _ in range(4)]
        documents = [world.authorise(card) for card in ids]
    ends = lab.run_all([consuming(document) for document in documents])
    assert [status for status, _ in ends] == [0] * 4, ends
    with lab.open() as world:
        assert [cards.show_card(world.context, card).released for card in ids] == [2307] * 4
        assert world.recovery.quiet


def test_the_same_command_twice_at_once(lab: Lab) -> None:
    """Two processes carry the same authorisation: one moves the money, the other is told that it is done."""
    with lab.open() as world:
        card = world.buy().card
        document = world.authorise(card)
    ends = sorted(lab.run_all([consuming(document)] * 2))
    assert [status for status, _ in ends] == [0, 1]
    assert ends[1][1].split(":")[0] in ("already-used", "sub-wallet-totals-not-growing")
    with lab.open() as world:
        assert cards.show_card(world.context, card).released == 2307


def test_without_the_journal_all_cards_come_back_from_the_chain(lab: Lab) -> None:
    """Delete it: cards, their terms, states and histories are the same; only private words are gone."""
    with lab.open() as world:
        for _ in range(3):
            world.consume(world.authorise(world.buy().card))
        before = cards.list_cards(world.context, world.consumer.address)
        told = cards.history(world.context, before[1].card)
    for file in lab.folder.glob("ledger.sqlite*"):
        file.unlink()
    with lab.open() as world:
        assert cards.list_cards(world.context, world.consumer.address) == before
        again = cards.history(world.context, before[1].card[:10])
        assert [e.values for e in again] == [e.values for e in told]
        assert world.consume(world.authorise(before[1].card)).paid == 2308


def test_a_corrupt_journal_stops_the_command(lab: Lab) -> None:
    """It names the file; moved away, everything goes on."""
    with lab.open() as world:
        card = world.buy().card
    path = lab.folder / "ledger.sqlite"
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(EnvironmentFault) as caught:
        lab.open()
    assert caught.value.error_code == "ledger-corrupt"
    path.rename(path.with_suffix(".broken"))
    for file in lab.folder.glob("ledger.sqlite-*"):
        file.unlink()
    with lab.open() as world:
        assert cards.show_card(world.context, card).status == "open"


def test_a_full_disk_sends_nothing_that_is_not_written_down(lab: Lab) -> None:
    """The journal cannot grow: the command fails before the chain hears of it, and works again afterwards."""
    with lab.open() as world:
        card = world.buy().card
        document = world.authorise(card)

    def squeezed(world: World) -> object:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        return world.consume(document)

    ((status, said),) = lab.run_all([squeezed])
    assert status == 1
    assert said.startswith("ledger-full"), said
    with lab.open() as world:
        assert world.recovery.quiet
        assert cards.show_card(world.context, card).released == 0
        assert world.consume(document).paid == 2307


def _whole(world: World) -> int:
    """All the money there is for the consumer: on hand and frozen."""
    now = cards.balance(world.context, world.consumer.address)
    return now.on_hand + now.frozen


def test_a_rolled_back_chain_is_told(folder: Path) -> None:
    """The chain goes back before a consumption: the next command says what is gone, and repeats nothing."""
    lab = Lab(folder, "eth-tester")
    with lab.open() as world:
        card = world.buy().card
        document = world.authorise(card)
        mark = world.context.chain.snapshot()
        world.consume(document)
        world.context.chain.revert(mark)
    with lab.open() as world:
        (lost,) = world.recovery.forgotten
        assert lost.state is State.FORGOTTEN
        assert "rolled back" in lost.note
        assert lost.purpose.startswith("consume")
        assert cards.show_card(world.context, card).released == 0
        assert world.consume(document).paid == 2307  # asked for again, it moves, once
    with lab.open() as world:
        assert world.recovery.quiet


@pytest.mark.parametrize("brought_back", [False, True])
def test_after_a_reorganisation_a_consumption_is_paid_once(folder: Path, brought_back: bool) -> None:
    """Other blocks took its place. Carried again, or brought back by somebody else: the money moves once."""
    lab = Lab(folder, "eth-tester")
    with lab.open() as world:
        card = world.buy().card
        document = world.authorise(card)
        mark = world.context.chain.snapshot()
        world.consume(document)
        reorganise(world.context.chain, mark)
        world.context.chain.restart()
    with lab.open() as world:
        (lost,) = world.recovery.forgotten
        assert (lost.state, lost.purpose.split()[0]) == (State.FORGOTTEN, "consume")
        assert _whole(world) == 10_000_000
        if brought_back:
            world.context.chain.send_raw(lost.raw)
            with pytest.raises(PrepaidError):
                world.consume(document)
        else:
            assert world.consume(document).paid == 2307
        assert cards.show_card(world.context, card).released == 2307
        assert _whole(world) == 10_000_000 - 2307
    with lab.open() as world:
        assert world.recovery.quiet


def test_a_chain_started_anew_is_told(folder: Path) -> None:
    """Another chain in the old one's place: what was under way there is given up, and said so."""
    lab = Lab(folder, "eth-tester")
    with lab.open() as world:
        document = world.authorise(world.buy().card)
        old = world.context.identity
    lab.run(consuming(document), die_at="prepared")
    for path in folder.glob("chain.sqlite*"):
        path.unlink()
    with lab.open() as world:
        assert world.recovery.previous == old
        assert [t.state for t in world.recovery.forgotten] == [State.FORGOTTEN]
        assert world.context.identity != old
        with pytest.raises(PrepaidError) as caught:
            world.buy()
        assert caught.value.error_code == "not-deployed"
        prepare(world)
        assert world.buy().frozen == 100_000


@pytest.mark.anvil
@pytest.mark.parametrize("step", ["prepared", "sent", "marked-sent", "mined"])
def test_anvil_killed_in_the_middle(tmp_path: Path, step: str) -> None:
    """The node dies and comes back without its last blocks: what it forgot is told or sent again, once."""
    from wallet.chain.anvil import AnvilChain

    lab = Lab(tmp_path / "home", "anvil")

    def kill_anvil(name: str) -> None:
        if name == step and armed:
            armed.clear()
            assert isinstance(world.context.chain, AnvilChain)
            os.kill(world.context.chain.pid, signal.SIGKILL)

    armed: list[bool] = []
    try:
        with lab.open() as world:
            prepare(world)
            card = world.buy().card
            document = world.authorise(card)
            assert isinstance(world.context.chain, AnvilChain)
            world.context.chain.stop()  # so that all this is saved
        with lab.open(kill_anvil) as world:
            armed.append(True)
            with suppress(ChainError):
                world.consume(document)
            assert not armed
        with lab.open() as world:
            told = world.recovery
            if cards.show_card(world.context, card).released == 0:
                assert [t.state for t in told.forgotten] == [State.FORGOTTEN]
                assert world.consume(document).paid == 2307
            assert cards.show_card(world.context, card).released == 2307
            assert _whole(world) == 10_000_000 - 2307
            assert world.context.journal.pending(world.context.identity) == []
        with lab.open() as world:
            assert world.recovery.quiet
    finally:
        with lab.open() as world:
            assert isinstance(world.context.chain, AnvilChain)
            world.context.chain.stop()


@pytest.mark.parametrize("step", ["prepared", "sent", "marked-sent", "mined"])
def test_a_purchase_repeated_after_a_kill_is_not_made_twice(lab: Lab, step: str) -> None:
    """Whoever types the command again is told that the first card is there; only a third try buys another."""
    with lab.open() as world:
        world.buy()
    lab.run(buying, die_at=step)
    with lab.open() as world:
        with pytest.raises(BegunBefore) as caught:
            world.buy()
        assert caught.value.error_code == "begun-before"
        assert len(cards_of(world.context, world.consumer.address)) == 2
    with lab.open() as world:
        world.buy()
        assert len(cards_of(world.context, world.consumer.address)) == 3


def test_funding_repeated_after_a_kill_is_not_done_twice(lab: Lab) -> None:
    """The same for money given by the issuer."""

    def funding(world: World) -> object:
        return fund.fund(world.context, world.operator, world.other.address, 700)

    lab.run(funding, die_at="prepared")
    with lab.open() as world, pytest.raises(BegunBefore):
        funding(world)
    with lab.open() as world:
        assert cards.balance(world.context, world.other.address).on_hand == 700


def test_another_persons_half_done_purchase_stops_nobody(lab: Lab) -> None:
    """Only the consumer whose purchase it was is asked to look first."""
    with lab.open() as world:
        world.buy()
        fund.fund(world.context, world.operator, world.other.address, 100_000)
    lab.run(buying, die_at="prepared")
    with lab.open() as world:
        preview = buy.preview_purchase(world.context, world.other.address, PRODUCT)
        assert buy.buy(world.context, world.other, preview).frozen == 100_000


def test_deploying_again_without_the_journal_finds_the_platform(lab: Lab) -> None:
    """A lost journal, or another machine's, leads to no second platform beside the one with the cards."""
    with lab.open() as world:
        card = world.buy().card
        before = world.context.platform
    for file in lab.folder.glob("ledger.sqlite*"):
        file.unlink()
    with lab.open() as world:
        _, again = deploy.deploy(world.context, world.operator)
        assert (again.created, again.deployment) == ((), before)
    with lab.open() as world:
        assert [view.card for view in cards.list_cards(world.context, world.consumer.address)] == [card]


def test_a_damaged_record_of_a_card_is_called_damage(folder: Path) -> None:
    """A journal that SQLite can read and we cannot is named, with the way out."""
    with World.open(folder, "eth-tester") as world:
        card = world.buy().card
    with sqlite3.connect(folder / "ledger.sqlite") as db:
        db.execute("UPDATE card SET wallet = '0xzz' || substr(wallet, 5)")
    db.close()
    with World.open(folder, "eth-tester") as world:
        with pytest.raises(EnvironmentFault) as caught:
            cards.show_card(world.context, card)
        assert caught.value.error_code == "ledger-corrupt"


def test_the_merchants_own_history_names_its_charges(world: World) -> None:
    """What a charge's hash stands for is known where it was made, too."""
    card = world.buy().card
    made = world.charge(card, number="C-17")
    (kept,) = world.context.journal.authorisations(
        world.context.identity, signer=world.merchant.address, card=bytes.fromhex(card[2:])
    )
    assert (kept.kind, kept.message["reference"], kept.pays) == ("Charge", "C-17", made.document.max_pay)
    assert world.context.journal.authorised(world.context.identity, world.merchant.address, since=0) == 0
