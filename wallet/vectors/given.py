"""What a vector gives, with the neutral value for every key it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wallet.vectors.format import Value


@dataclass(frozen=True, slots=True)
class Given:
    """The `input` of one vector. The format has checked kinds and words already."""

    values: Mapping[str, Value]

    def number(self, key: str, neutral: int = 0) -> int:
        """A number; 0 unless another value is the neutral one."""
        value = self.values.get(key, neutral)
        assert isinstance(value, int)
        return value

    def flag(self, key: str, neutral: bool = False) -> bool:
        """True or false."""
        return bool(self.values.get(key, neutral))

    def word(self, key: str, neutral: str = "") -> str:
        """One of the group's words."""
        value = self.values.get(key, neutral)
        assert isinstance(value, str)
        return value

    def numbers(self, key: str) -> tuple[int, ...]:
        """A list of numbers; empty if it is left out."""
        value = self.values.get(key, ())
        assert isinstance(value, tuple)
        return value

    def has(self, *keys: str) -> bool:
        """Whether any of these keys is there."""
        return any(key in self.values for key in keys)
