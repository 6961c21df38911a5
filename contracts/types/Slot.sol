// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Card, Status} from "./Card.sol";

/// @notice A card as it lies in storage: `Card` in one word, low bits first.
///
/// @dev used 48 | listed 48 | released 48 | held 48 | openedAt 40 | status 3 | marks 5 | epoch 16
///
/// Handled whole, as a value: a struct in memory would be taken apart and put together again in every call, for 900
/// gas. The functions below read a field or answer the word with other fields; they check no ranges.
type Slot is uint256;

uint256 constant LARGEST_TOTAL = type(uint48).max;
uint256 constant LARGEST_EPOCH = type(uint16).max;

uint256 constant OPEN = uint256(Status.Open) << 232;
uint256 constant STATUS_BITS = 0x7 << 232;
uint256 constant BELOW_MARKS = (1 << 235) - 1;

/// @return a card just opened: nothing used, all of `principal` held
function opened(uint256 principal, uint256 openedAt_, uint256 tier) pure returns (Slot) {
    return Slot.wrap(principal << 144 | openedAt_ << 192 | OPEN | tier << 235);
}

function used(Slot card) pure returns (uint256) {
    return uint48(Slot.unwrap(card));
}

function listed(Slot card) pure returns (uint256) {
    return uint48(Slot.unwrap(card) >> 48);
}

function released(Slot card) pure returns (uint256) {
    return uint48(Slot.unwrap(card) >> 96);
}

function held(Slot card) pure returns (uint256) {
    return uint48(Slot.unwrap(card) >> 144);
}

function openedAt(Slot card) pure returns (uint256) {
    return uint40(Slot.unwrap(card) >> 192);
}

function status(Slot card) pure returns (Status) {
    return Status(Slot.unwrap(card) >> 232 & 0x7);
}

function isOpen(Slot card) pure returns (bool) {
    return Slot.unwrap(card) & STATUS_BITS == OPEN;
}

function marks(Slot card) pure returns (uint256) {
    return Slot.unwrap(card) >> 235 & 0x1f;
}

function epoch(Slot card) pure returns (uint256) {
    return Slot.unwrap(card) >> 240;
}

/// @return the card with these totals
function withTotals(Slot card, uint256 used_, uint256 listed_) pure returns (Slot) {
    return Slot.wrap(Slot.unwrap(card) >> 96 << 96 | listed_ << 48 | used_);
}

/// @return the card with its money divided so
function withMoney(Slot card, uint256 released_, uint256 held_) pure returns (Slot) {
    uint256 others = Slot.unwrap(card) & ~(uint256(type(uint96).max) << 96);
    return Slot.wrap(others | released_ << 96 | held_ << 144);
}

/// @return the card in another status, with what is then held
function ended(Slot card, Status status_, uint256 held_) pure returns (Slot) {
    uint256 others = Slot.unwrap(card) & ~(STATUS_BITS | uint256(type(uint48).max) << 144);
    return Slot.wrap(others | held_ << 144 | uint256(status_) << 232);
}

/// @return the card with other marks and epoch
function withMarks(Slot card, uint256 marks_, uint256 epoch_) pure returns (Slot) {
    return Slot.wrap(Slot.unwrap(card) & BELOW_MARKS | marks_ << 235 | epoch_ << 240);
}

/// @return told the same, field by field
function unpacked(Slot card) pure returns (Card memory told) {
    told.used = uint48(card.used());
    told.listed = uint48(card.listed());
    told.released = uint48(card.released());
    told.held = uint48(card.held());
    told.openedAt = uint40(card.openedAt());
    told.status = card.status();
    told.marks = uint8(card.marks());
    told.epoch = uint16(card.epoch());
}

using {
    used,
    listed,
    released,
    held,
    openedAt,
    status,
    isOpen,
    marks,
    epoch,
    withTotals,
    withMoney,
    ended,
    withMarks,
    unpacked
} for Slot global;
