// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice How far a dispute about a card has come. It only moves down this list; a new dispute begins it anew.
enum Step {
    None, // no dispute
    Negotiating, // raised; the merchant's turn
    Refused, // the merchant has refused
    Escalated, // before an authority or an association
    Ruled, // an arbiter has ruled
    Settled // the consumer has let it rest
}

/// @notice What the consumer complains of.
///
/// @dev Source: Fa Shi (2025) No. 4, art. 13 for all but the last two; `Price` is art. 19.
enum Ground {
    Relocation, // the shop has moved, to the consumer's clear inconvenience
    MovedToThirdParty, // the service was passed to somebody else without consent
    NotAvailable, // an unlimited service cannot in fact be had
    Health, // the consumer's health no longer allows the service
    Circumstances, // beyond either side's control
    Price, // the price before discount is unreasonable
    Other
}

/// @notice To whom a dispute goes after the merchant.
enum Forum {
    Authority, // the department in charge of the trade or of the market
    Association // a consumer association
}

/// @notice The dispute about a card, the last one if there were several.
struct Dispute {
    // slot 0
    Step step;
    Ground ground;
    Forum forum; // means nothing before `Escalated`
    bool upheld; // an arbiter has found in this dispute that the consumer is not the cause
    uint16 round; // how many there were, this one included
    uint40 raisedAt; // unix time
    uint40 since; // unix time of the last step
    // slot 1
    bytes32 reason; // salted hash of the consumer's words
}

/// @notice One step that the consumer signs for somebody else to carry.
struct SignedStep {
    Step step; // to which the dispute goes: `Negotiating`, `Escalated` or `Settled`
    uint256 what; // the ground or the forum; zero for a settlement
    bytes32 reason; // as in `Dispute`; zero but for a complaint
    uint256 round; // of the dispute, once the step is done
    uint256 deadline; // unix time of the last second
}
