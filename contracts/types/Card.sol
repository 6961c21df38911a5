// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Where a card stands.
enum Status {
    None, // never opened
    Open,
    Closed, // settled to the last fen
    Owing, // closed; `held` is the merchant's and waits to be collected
    Short // closed; `held` is the shortfall: what the consumer is still owed by guarantors
}

/// @dev Marks of a card. The low two bits are the merchant's credit tier at opening, where the terms have a ladder.
uint256 constant TIER = 3;

/// @dev It was found that the consumer is not the cause if the card ends.
uint256 constant NOT_CONSUMER = 4;

/// @dev The totals were certified and the consumer has not confirmed them yet.
uint256 constant UNCONFIRMED = 8;

/// @dev Findings have raised the epoch since the consumer last did.
uint256 constant FOUND = 16;

/// @notice The whole mutable state of a card, as it is told: one storage slot.
struct Card {
    // slot 0
    uint48 used; // in the card kind's unit
    uint48 listed; // fen at the price before discount
    uint48 released; // fen paid to the merchant so far
    uint48 held; // fen; after closing see `Status`
    uint40 openedAt; // unix time
    Status status; // 3 bits
    uint8 marks; // 5 bits
    uint16 epoch; // signatures of another epoch are void
}
