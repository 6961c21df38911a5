// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice How far a guarantor's promise for one card has come.
enum Stage {
    None, // never accepted
    Promised, // accepted; nothing claimed
    Filed, // a claim waits for the assessor
    Confirmed, // the assessor, or an arbiter against it, says that it is due
    Refused, // the assessor says that it is not; an arbiter may say otherwise
    Paid, // paid what was due, which may have been nothing
    Released // nothing will be claimed any more
}

/// @notice What a claim rests on. The first four are the same fact on chain, a dated stop in the merchant registry; the
/// evidence says which of them it was.
enum Trigger {
    Runaway,
    Bankruptcy,
    LicenceRevoked,
    Closure,
    Dispute, // an arbiter ruled on the card: the consumer is not the cause
    Fraud // no fact on chain: the assessor has to confirm it
}

/// @notice One guarantor's promise for one card.
struct Guarantee {
    // slot 0: written when the card is opened
    address wallet; // the consumer's sub-wallet
    uint48 promised; // fen, at most
    uint40 until; // unix time of the last second in which a claim may be filed
    Stage stage;
    // slot 1: written by a claim
    uint32 line; // what it was accepted under; the guarantor's own numbering
    uint48 claimed; // fen
    uint40 filedAt; // unix time
    uint40 decidedAt; // unix time of the assessor's word
    Trigger trigger;
    uint32 round; // of a shared line
    uint32 index; // in that round, in order of filing
}

/// @notice What a guarantor that stands for many merchants allows itself. Fixed at its creation.
struct Limits {
    // slot 0
    address assessor; // confirms or refuses claims
    uint8 triggers; // bit n: the n-th `Trigger` counts
    uint8 waitDays; // before anything is paid
    uint8 verifyDays; // the assessor's days after that
    uint16 coverDays; // after a card's opening, within which a claim may be filed
    // slot 1
    uint48 card; // fen promised to one card
    uint48 merchant; // fen promised to one merchant's cards, what it still owes included
    uint48 total; // fen promised to all cards
}
