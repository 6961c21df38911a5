"""Words of the gate, of supervision and of the limits of cards and wallets."""

from __future__ import annotations

from typing import Final

TEXT: Final[dict[str, tuple[str, str]]] = {}

ERRORS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "invalid-programme": (
        ("方案参数 {where} 不能是 {value}", "请对照参数说明修改；多余或缺少的名称也会被拒绝"),
    ),
}
