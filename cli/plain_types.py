"""Values of options and arguments without pydantic, which Typer would import to convert a single word.

Text, paths, whole numbers and lists of them cover every parameter here. Numbers are read strictly: ASCII
digits only, where Python's own `int` would take full-width ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

from typer import BadParameter
from typer._coercion import RuntimeParam
from typer.core import TyperArgument, TyperOption

_NUMBER = re.compile(r"[0-9]{1,18}")


def _whole(text: str) -> int:
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(f"{text!r} is not a whole number")
    return int(text)


_READERS: dict[Any, Callable[[str], Any]] = {str: str, bool: bool, Path: Path, int: _whole}


@dataclass(frozen=True)
class _Plain(RuntimeParam):
    """Typer's contract for turning the words of one parameter into its value."""

    read: Callable[[str], Any]

    def _coerce_value(self, value: Any, param: Any, ctx: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return [self._one(item, param, ctx) for item in value]
        return self._one(value, param, ctx)

    def _one(self, value: Any, param: Any, ctx: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return self.read(value)
        except ValueError as error:
            raise BadParameter(str(error), ctx=ctx, param=param) from error


def read_plainly(param: TyperArgument | TyperOption) -> None:
    """Let `param` convert its words by the readers above, where its type is one of theirs."""
    descriptor = param.type_descriptor
    annotation: Any = descriptor.annotation
    if get_origin(annotation) is list:
        (annotation,) = get_args(annotation)
    reader = _READERS.get(annotation)
    if reader is not None:
        param._runtime_param = _Plain(
            parameter_info=descriptor.parameter_info, annotation=descriptor.annotation, read=reader
        )
