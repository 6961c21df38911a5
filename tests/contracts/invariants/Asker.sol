// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Puts one question to many contracts and strings the answers together: after every call of a search
/// everything is looked at, and this is the quickest way to look. Tests only.
contract Asker {
    /// @dev Asked in raw words: the selector (left-aligned), bytes wanted of each answer, then pairs of a contract and the
    /// question's one argument. What does not answer counts as zeros.
    fallback() external {
        assembly ("memory-safe") {
            let free := mload(0x40)
            let out := free
            let size := calldataload(0x20)
            mstore(0x00, calldataload(0x00))
            for { let at := 0x40 } lt(at, calldatasize()) { at := add(at, 0x40) } {
                mstore(0x04, calldataload(add(at, 0x20)))
                pop(staticcall(gas(), calldataload(at), 0x00, 0x24, out, size))
                out := add(out, size)
            }
            return(free, sub(out, free))
        }
    }
}
