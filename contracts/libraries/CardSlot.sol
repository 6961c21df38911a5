// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Card, Status} from "../types/Card.sol";
import {Errors} from "./Errors.sol";

/// @notice A card in its one slot. Written by hand so that a whole consumption reads and writes it once; the compiler
/// would touch the slot for each field.
library CardSlot {
    // used 48 | listed 48 | released 48 | held 48 | openedAt 40 | status 3 | marks 5 | epoch 16, low bits first

    function load(mapping(bytes32 => uint256) storage slots, bytes32 id)
        internal
        view
        returns (Card memory card)
    {
        uint256 word = slots[id];
        card.used = uint48(word);
        card.listed = uint48(word >> 48);
        card.released = uint48(word >> 96);
        card.held = uint48(word >> 144);
        card.openedAt = uint40(word >> 192);
        card.status = Status((word >> 232) & 0x7);
        card.marks = uint8(word >> 235) & 0x1f;
        card.epoch = uint16(word >> 240);
    }

    function store(mapping(bytes32 => uint256) storage slots, bytes32 id, Card memory card) internal {
        slots[id] = uint256(card.used) | uint256(card.listed) << 48 | uint256(card.released) << 96
            | uint256(card.held) << 144 | uint256(card.openedAt) << 192 | uint256(card.status) << 232
            | uint256(card.marks) << 235 | uint256(card.epoch) << 240;
    }

    /// @notice Checked cast: a number that does not fit is refused, never cut.
    function to48(uint256 value) internal pure returns (uint48) {
        if (value > type(uint48).max) revert Errors.SubWallet_NumberTooLarge(value);
        return uint48(value);
    }
}
