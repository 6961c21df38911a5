"""The one compiler and the one set of settings that every artefact here is made with.

Bytecode is what a consumer's card runs on, so it may not depend on whose machine compiled it:
one exact compiler, fixed settings, no metadata behind the code. Nothing else states a version.
"""

from __future__ import annotations

from typing import Any, Final

SOLC_VERSION: Final = "0.8.37"
SOLC_LONG_VERSION: Final = "0.8.37+commit.f401782d"
"""Version with the commit, as `solc --version` prints it before the platform's name."""

SETTINGS: Final[dict[str, Any]] = {
    "optimizer": {"enabled": True, "runs": 200},
    "viaIR": False,
    # py-evm ends at prague and OpenZeppelin needs cancun; the compiler's own default is newer.
    "evmVersion": "cancun",
    # Code and nothing behind it: the template registry reads it opcode by opcode.
    "metadata": {"appendCBOR": False, "bytecodeHash": "none"},
}
"""Standard JSON settings, without the output selection."""

OUTPUTS: Final = ("abi", "evm.bytecode.object", "evm.deployedBytecode.object")
"""All that is asked of the compiler: each further output costs time on every call."""
