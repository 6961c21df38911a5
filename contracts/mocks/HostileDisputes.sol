// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDisputes} from "../interfaces/IDisputes.sol";

/// @notice Findings as tests tell them, about every card alike. Tests only.
contract HostileDisputes is IDisputes {
    enum Answer {
        Says, // what `say` was told last
        Reverts,
        BurnsGas,
        TooShort, // 127 bytes
        Garbage // four words full of ones: the first is no bool
    }

    error NoComment();

    Answer public answer;
    bool private _notConsumer;
    uint256 private _listedAtMost = type(uint256).max;
    uint256 private _epoch;
    uint256 private _at;

    function decide(Answer next) external {
        answer = next;
    }

    function say(bool notConsumer, uint256 listedAtMost, uint256 epoch, uint256 at) external {
        (_notConsumer, _listedAtMost, _epoch, _at) = (notConsumer, listedAtMost, epoch, at);
    }

    /// @inheritdoc IDisputes
    function findingOf(address, bytes32) external view returns (bool, uint256, uint256, uint256) {
        Answer now_ = answer;
        if (now_ == Answer.Reverts) revert NoComment();
        if (now_ == Answer.BurnsGas) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        if (now_ == Answer.TooShort || now_ == Answer.Garbage) {
            uint256 size = now_ == Answer.TooShort ? 127 : 128;
            bytes32 ones = bytes32(type(uint256).max);
            assembly ("memory-safe") {
                let free := mload(0x40)
                mstore(free, ones)
                mstore(add(free, 0x20), ones)
                mstore(add(free, 0x40), ones)
                mstore(add(free, 0x60), ones)
                return(free, size)
            }
        }
        return (_notConsumer, _listedAtMost, _epoch, _at);
    }
}
