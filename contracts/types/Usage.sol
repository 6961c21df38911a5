// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Why a card ends. Decided by dated facts on chain, never by the caller's word.
///
/// @dev Source: Supreme People's Court interpretation Fa Shi (2025) No. 4, art. 14 (cooling-off), 19 (consumer),
/// 13 and 18 (not the consumer), 22 and 24 (expiry).
enum Cause {
    CoolingOff,
    Consumer,
    NotConsumer,
    Expiry
}

/// @notice What has happened on a card, as a template sees it.
struct Usage {
    uint256 used; // in the card kind's unit: fen of face value, sessions, …
    uint256 listed; // fen: the same at the price before discount, or documented cost
    uint256 released; // fen already released
    uint256 elapsed; // whole calendar days (UTC+8) after the opening day, to now or to the day the merchant stopped
    uint256 tier; // credit tier of the merchant that counts for this card, 0 when none
    uint256 facts; // declared at purchase: bit 0, same goods before
}
