// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Errors} from "./Errors.sol";

/// @notice Decides whether runtime code can compute anything but a function of its calldata.
///
/// @dev An allow-list: arithmetic, comparison, hashing, memory, calldata, control flow. Not on it: state, transient
/// state, time, gas, caller, balances, other accounts' code, calls, logs, creation, and every opcode that a later fork
/// may define. `CALLVALUE` is on it because a static call always answers zero; `CODESIZE` and `CODECOPY` read the
/// code itself, which never changes.
///
/// Code behind a terminator is unreachable up to the next JUMPDEST and may hold anything: a compiler's metadata or
/// constants. PUSH data is stepped over everywhere, as the EVM does when it looks for valid JUMPDESTs.
library PureCode {
    uint256 private constant PUSH1 = 0x60;
    uint256 private constant PUSH32 = 0x7f;
    uint256 private constant JUMPDEST = 0x5b;

    // Bit n is set when opcode n is allowed.
    uint256 private constant ALLOWED = (1 << 0x0c) - 1 // STOP, ADD … SIGNEXTEND
        | ((1 << 0x1e) - (1 << 0x10)) // LT … SAR
        | (1 << 0x20) // KECCAK256
        | ((1 << 0x3a) - (1 << 0x34)) // CALLVALUE, CALLDATALOAD, CALLDATASIZE, CALLDATACOPY, CODESIZE, CODECOPY
        | ((1 << 0x54) - (1 << 0x50)) // POP, MLOAD, MSTORE, MSTORE8
        | ((1 << 0x5a) - (1 << 0x56)) // JUMP, JUMPI, PC, MSIZE
        | (1 << 0x5b) // JUMPDEST
        | ((1 << 0xa0) - (1 << 0x5e)) // MCOPY, PUSH0 … PUSH32, DUP1 … SWAP16
        | (1 << 0xf3) | (1 << 0xfd) | (1 << 0xfe); // RETURN, REVERT, INVALID

    // STOP, JUMP, RETURN, REVERT, INVALID: what follows is reached only by a jump.
    uint256 private constant TERMINATORS = (1 << 0x00) | (1 << 0x56) | (1 << 0xf3) | (1 << 0xfd)
        | (1 << 0xfe);

    /// @notice Revert with the first offending opcode and its offset, if there is one.
    function requirePure(bytes memory code) internal pure {
        uint256 length = code.length;
        bool reachable = true;
        for (uint256 i = 0; i < length; ++i) {
            uint256 opcode = uint8(code[i]);
            if (opcode == JUMPDEST) reachable = true;
            if (reachable) {
                if ((ALLOWED >> opcode) & 1 == 0) revert Errors.TemplateRegistry_NotPure(i, uint8(opcode));
                if ((TERMINATORS >> opcode) & 1 == 1) reachable = false;
            }
            if (opcode >= PUSH1 && opcode <= PUSH32) i += opcode - (PUSH1 - 1);
        }
    }
}
