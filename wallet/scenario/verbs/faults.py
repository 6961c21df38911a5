"""What goes wrong around a case: the chain goes back, a program dies, submissions meet in one block."""

from __future__ import annotations

from contextlib import suppress
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from wallet.bindings.runtime import decode_revert
from wallet.chain.base import Capability, ChainTimeout, Unsupported
from wallet.chain.reorganise import reorganise
from wallet.ledger import Recovery
from wallet.scenario.document import Steps
from wallet.scenario.held import unknown
from wallet.scenario.values import Name
from wallet.scenario.verb import Verb
from wallet.scenario.world import World


class Mark(Verb):
    """Remember this moment of the chain, to go back to it."""

    word: ClassVar[str] = "mark"
    short: ClassVar[str] = "as_"
    as_: Name = Field(alias="as")

    def title(self) -> tuple[str, str]:
        return f"the chain's moment {self.as_}", f"记下链上时刻 {self.as_}"

    def play(self, world: World) -> None:
        world.marks[self.as_] = world.chain.snapshot()


class Reorganise(Verb):
    """The chain goes back to a mark: what came after is gone from it, and not from the journal."""

    word: ClassVar[str] = "reorganise"
    short: ClassVar[str] = "to"
    to: Name

    def title(self) -> tuple[str, str]:
        return f"the chain goes back to {self.to}", f"链回滚到 {self.to}"

    def play(self, world: World) -> None:
        if self.to not in world.marks:
            raise unknown("mark", self.to, list(world.marks))
        reorganise(world.chain, world.marks[self.to])
        world.rewritten = True


class Recover(Verb):
    """The wallet is opened anew: its journal is held against the chain, what was under way is finished."""

    word: ClassVar[str] = "recover"

    def title(self) -> tuple[str, str]:
        return "the wallet recovers", "钱包恢复"

    def play(self, world: World) -> Recovery:
        return world.reopen()


class Restart(Verb):
    """The wallet's program, or the chain, is stopped and started again."""

    word: ClassVar[str] = "restart"
    short: ClassVar[str] = "what"
    what: Literal["wallet", "chain"]

    def title(self) -> tuple[str, str]:
        return f"the {self.what} is restarted", "重启钱包" if self.what == "wallet" else "重启链"

    def play(self, world: World) -> Recovery:
        if self.what == "chain":
            restart_chain(world)
        return world.reopen()


def restart_chain(world: World) -> None:
    """Stop and start the chain where it can; else let it go on from a file, as another process would."""
    chain = world.chain
    world.ground.lost = True
    world.marks.clear()
    if Capability.RESTART in chain.capabilities:
        chain.restart()
    elif Capability.SAVE in chain.capabilities:
        saved = world.ground.folder / "chain.saved"
        chain.save(saved)
        chain.load(saved)
    else:
        raise Unsupported("be stopped and started again", chain.name)


class SendAtOnce(Verb):
    """Steps that are all prepared against the same state and only then reach the chain, in their order.

    `gives` says of each transaction what became of it: done, or the contract's error.
    """

    word: ClassVar[str] = "send-at-once"
    short: ClassVar[str] = "steps"
    steps: Steps

    @model_validator(mode="after")
    def _only_verbs(self) -> SendAtOnce:
        if not self.steps:
            raise ValueError("name the steps that are under way")
        for step in self.steps:
            if step.verb is None or step.fails or step.gives or step.expect or step.unchanged:
                raise ValueError("only verbs stand in here; what is expected stands beside `send-at-once`")
            if getattr(step.verb, "submission", None):
                raise ValueError("what is sent at once is not dropped or doubled as well")
        return self

    def title(self) -> tuple[str, str]:
        return f"{len(self.steps)} steps are under way at once", f"同时提交 {len(self.steps)} 步"

    def play(self, world: World) -> list[str]:
        for step in self.steps:
            gas = getattr(step.verb, "gas", None)
            with world.faulty(gas=gas, submission="held"), suppress(ChainTimeout):
                step.verb.play(world)  # what is held has no receipt yet
        hashes = world.ground.post.release()
        world.reopen()
        return [outcome(world, one) for one in hashes]


def outcome(world: World, tx_hash: bytes) -> str:
    """What became of a transaction."""
    receipt = world.chain.receipt(tx_hash)
    if receipt is None:
        return "not on the chain"
    if receipt.ok:
        return "done"
    error = decode_revert(world.chain.revert_data(tx_hash))
    return error.name or error.error_code
