// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Stage} from "./Guarantee.sol";

/// @notice Whose loss a line insures.
enum Insured {
    Consumer, // a card's shortfall, paid to its consumer
    Merchant, // the merchant's own loss, documented
    Government // a public body's loss, documented
}

/// @notice What a line costs, and who pays it.
struct Premium {
    // slot 0
    uint16 rateBps; // of the sum insured
    uint16[4] splitBps; // parts of merchant, platform, bank, government; 10000 together
    // slot 2–5
    address[4] payers; // who may take back what is not used; zero where the part is zero
}

/// @notice One merchant's insurance for its consumers, as it was written; nothing of it changes afterwards.
struct Line {
    // slot 0
    address merchant;
    uint16 shareBps; // of the unperformed value that is insured
    uint16 deductibleBps; // of the loss; the larger of the two deductibles counts
    uint8 triggers; // bit n: the n-th `Trigger` counts
    uint8 waitDays; // before anything is paid; in a shared line the days in which others may file too
    uint8 verifyDays; // the assessor's days after that
    uint16 coverDays; // after a card's opening, within which a claim may be filed
    // slot 1
    address assessor; // confirms or refuses claims
    uint48 deductibleFen;
    uint48 consumerMost; // fen promised to one consumer
    // slot 2
    uint48 aggregate; // fen set aside for all claims together
    uint48 promisedMost; // fen promised to all cards together; above `aggregate` all share one pot
    // slot 3–8
    Premium premium;
}

/// @notice What has become of a line.
struct LineBook {
    // slot 0
    uint48 setAside; // fen of the pool's capital, for all claims on the line that are not yet paid
    uint48 promised; // fen promised and neither paid nor released
    uint48 allotted; // fen of `setAside` that are shared out and not yet paid
    bool open; // takes new cards
}

/// @notice Claims on a shared line that are settled together.
struct Round {
    // slot 0
    uint40 openedAt; // unix time of its first claim
    uint32 undecided; // claims that wait for the assessor
    uint48 sum; // fen of all claims that count
    uint48 pot; // fen shared out
    uint32 last; // index of the last claim that gets a fen more
    bool frozen; // no claim is added or decided any more, and `pot` is fixed
    bool allotted; // every claim's part is fixed
    // slot 1
    uint256 least; // remainder of that claim
}

/// @notice A merchant's or public body's own insurance, as it was written.
struct PartyLine {
    // slot 0
    address beneficiary; // insured and paid
    Insured insured; // Merchant or Government
    uint16 shareBps; // of the loss that is insured
    uint16 deductibleBps; // of that; the larger of the two deductibles counts
    uint8 triggers; // bit n: the n-th `Trigger` counts
    uint8 waitDays; // before anything is paid
    uint16 coverDays; // after its premium is paid
    // slot 1
    address merchant; // whose conduct it is about
    uint48 deductibleFen;
    // slot 2
    address assessor; // says how much is due
    uint48 aggregate; // fen set aside for all losses together
    // slot 3–8
    Premium premium;
}

/// @notice What has become of a party's line.
struct PartyBook {
    // slot 0
    uint48 setAside; // fen of the pool's capital
    uint48 claimed; // fen of it that are claimed and neither refused nor paid
    uint40 until; // unix time of the last second for a claim; 0 before its premium is paid
    bool open; // begins, or takes claims
}

/// @notice A party's own loss.
struct Loss {
    // slot 0
    uint32 line;
    uint48 amount; // fen
    uint40 filedAt; // unix time
    Stage stage;
}
