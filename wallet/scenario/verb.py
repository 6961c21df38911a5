"""What every step is made of: a verb with its fields, and what may be said beside it.

A verb is one class in `wallet.scenario.verbs`: its fields are what a file may write, its docstring the help
an editor shows, and `play` does it through the services. Files are read as text, so every field's type comes
from `wallet.scenario.values`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator

if TYPE_CHECKING:
    from wallet.scenario.world import World


class Part(BaseModel):
    """Part of a file: unchanging, keys with hyphens, and no key that nobody reads."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        defer_build=True,
        populate_by_name=True,
        alias_generator=lambda name: name.replace("_", "-"),
        use_attribute_docstrings=True,
    )


class Verb(Part):
    """One thing that can happen. `word` is its key in a step: `- terminate: {card: a}`."""

    word: ClassVar[str]
    short: ClassVar[str] = ""
    """The field that a bare value fills: `- advance: 3d`. Empty where a step needs its keys."""

    guarantors: ClassVar[bool] = False
    """Whether it needs the system's guarantors; they are opened before the first step then."""

    @model_validator(mode="before")
    @classmethod
    def _spell_out(cls, said: Any) -> Any:
        return {cls.short: said} if cls.short and not isinstance(said, dict) else said

    def title(self) -> tuple[str, str]:
        """The step as a short sentence, in English and Chinese, for reports."""
        raise NotImplementedError

    def play(self, world: World) -> Any:
        """Let it happen. What it returns (a service's dataclass, or None) is what `gives` looks at.

        Raises PrepaidError where it is refused; the runner holds that against the step's `fails`.
        """
        raise NotImplementedError
