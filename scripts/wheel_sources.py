"""Build hook of the wheel: brings along the Solidity sources that a copied template imports.

They land in `wallet/sources/`, where `prepaid/…` imports are looked for. An editable install reads
`contracts/` itself and gets nothing.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("interfaces", "libraries", "templates", "types")


class WheelSources(BuildHookInterface):
    """Maps folders of `contracts/` into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it writes a wheel (`version` is "standard" or "editable")."""
        if version != "editable":
            build_data["force_include"].update(
                {f"contracts/{each}": f"wallet/sources/{each}" for each in FOLDERS}
            )
