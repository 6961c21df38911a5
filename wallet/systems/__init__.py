"""Public programmes as data: one readable TOML file each, every figure with its source and its mark.

`systems()` names those that come along; `load_system` reads one of them, or a file of one's own. Nothing here
touches a chain: what a system means for terms, guarantors and gates is worked out by whoever uses it.
"""

from __future__ import annotations

from wallet.systems.load import find_system, load_system, systems
from wallet.systems.rows import Row, programme_rows

__all__ = ["Row", "find_system", "load_system", "programme_rows", "systems"]
