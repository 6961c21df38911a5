// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What a consumer signs when buying a card. Twelve static words, so that they can be hashed straight from
/// calldata. A *product* is `Terms` with `order` zero; a *card* is one purchase of it.
///
/// @dev The numbers are packed because they are emitted in full at opening and sent again with every call. Read them
/// through the functions below (`terms.principal()`), never by hand.
struct Terms {
    address token; // digital yuan; 1 unit = 1 fen
    address merchant; // sells; its dated status decides the cause of an exit
    address payee; // receives what is released; zero means the merchant
    address certifier; // signs progress and documented cost; zero when the card kind needs none
    address template; // rules: a pure contract from the TemplateRegistry
    bytes32 form; // hash of the standard form shown in full to the consumer
    bytes32 cover; // hash of guarantors, their order and limits; zero when none
    uint256 amounts; // principal 48 | bonus 48 | exitFeeCap 48 | advance 48 | accrual 48 (fen each, low bits first)
    uint256 policy; // see the functions below, low bits first
    uint256 params0; // the template's own
    uint256 params1; // the template's own
    uint256 order; // salt 64 | buyBy 40 | channel 8 | declared 8: what differs from one purchase to the next
}

// ------------------------------------------------------------------------------------------------------- amounts

/// @return fen the consumer pays
function principal(Terms calldata terms) pure returns (uint256) {
    return uint48(terms.amounts);
}

/// @return fen of face value given on top
function bonus(Terms calldata terms) pure returns (uint256) {
    return uint48(terms.amounts >> 48);
}

/// @return fen: an exit fee never exceeds this
function exitFeeCap(Terms calldata terms) pure returns (uint256) {
    return uint48(terms.amounts >> 96);
}

/// @return fen: most that may be released at opening, before anything is consumed
function advance(Terms calldata terms) pure returns (uint256) {
    return uint48(terms.amounts >> 144);
}

/// @return fen: most that time alone may earn for each full `accrualDays`; nothing before cooling-off is over
function accrual(Terms calldata terms) pure returns (uint256) {
    return uint48(terms.amounts >> 192);
}

// -------------------------------------------------------------------------------------------------------- policy

/// @return bps of the unperformed value that stay held (10000: all of it)
function custodyBps(Terms calldata terms) pure returns (uint256) {
    return uint16(terms.policy);
}

/// @return bps of the gross refund, taken only when the consumer is the cause and cooling-off is over
function exitFeeBps(Terms calldata terms) pure returns (uint256) {
    return uint16(terms.policy >> 16);
}

/// @return days the service lasts after the opening day; 0: no end
function termDays(Terms calldata terms) pure returns (uint256) {
    return uint16(terms.policy >> 32);
}

/// @return days of cooling-off after the opening day; 0: none
function coolingDays(Terms calldata terms) pure returns (uint256) {
    return uint8(terms.policy >> 48);
}

/// @return days within which a refund is due; the sub-wallet refunds at once, services report it
function refundDays(Terms calldata terms) pure returns (uint256) {
    return uint8(terms.policy >> 56);
}

/// @return days between two automatic releases; 0: none
function accrualDays(Terms calldata terms) pure returns (uint256) {
    return uint8(terms.policy >> 64);
}

/// @return days a card may be paused at most; zero, since a card cannot be paused
function pauseMaxDays(Terms calldata terms) pure returns (uint256) {
    return uint8(terms.policy >> 72);
}

/// @return hours after which silence counts; zero, since silence never moves money
function confirmHours(Terms calldata terms) pure returns (uint256) {
    return uint8(terms.policy >> 80);
}

/// @return what the end of the term does: 0 nothing, the card goes on; 1 and 2 it ends the card, which then owes what the
/// template says: for a balance the rest of it (art. 24), for a period that ran out nothing (art. 22), which 2 tells readers
function expiryPolicy(Terms calldata terms) pure returns (uint256) {
    return (terms.policy >> 88) & 0xf;
}

/// @return 0 proportional, 1 advance first
function schedule(Terms calldata terms) pure returns (uint256) {
    return (terms.policy >> 92) & 0xf;
}

/// @return formula that values each use for release: see `libraries/RefundMath.sol`
function settlementFormula(Terms calldata terms) pure returns (uint256) {
    return (terms.policy >> 96) & 0xf;
}

/// @return formula of the refund when the consumer is not the cause
function notConsumerFormula(Terms calldata terms) pure returns (uint256) {
    return (terms.policy >> 100) & 0xf;
}

/// @return formula of the refund when the consumer is the cause
function consumerFormula(Terms calldata terms) pure returns (uint256) {
    return (terms.policy >> 104) & 0xf;
}

/// @return use during cooling-off: 0 deduct at list price, 1 deduct by ratio, 2 it ends it: the ordinary refund applies
function coolingUse(Terms calldata terms) pure returns (uint256) {
    return (terms.policy >> 108) & 0xf;
}

/// @return gifts at exit: 0 return or pay, 1 pay, 2 ignore
function giftRule(Terms calldata terms) pure returns (uint256) {
    return (terms.policy >> 112) & 0xf;
}

/// @return 0 the consumer confirms, 2 on stated conditions: what is certified is released within `advance` and `accrual`;
/// 1 and 3 are refused: a charge is the merchant's word already, and silence never moves money
function trigger(Terms calldata terms) pure returns (uint256) {
    return (terms.policy >> 116) & 0xf;
}

/// @return source of the price before discount: 0 trade record, 1 declared, 2 market
function listSource(Terms calldata terms) pure returns (uint256) {
    return (terms.policy >> 120) & 0xf;
}

/// @return whether vouchers may settle this card
function takesVouchers(Terms calldata terms) pure returns (bool) {
    return (terms.policy >> 124) & 1 == 1;
}

/// @return whether the card may pass to another consumer; false, since a card belongs to its wallet's consumer
function transferable(Terms calldata terms) pure returns (bool) {
    return (terms.policy >> 125) & 1 == 1;
}

/// @return whether anyone may trigger the refund once the merchant has stopped
function refundOnClosure(Terms calldata terms) pure returns (bool) {
    return (terms.policy >> 126) & 1 == 1;
}

/// @return whether a later tier counts for this card too
function ladderForAll(Terms calldata terms) pure returns (bool) {
    return (terms.policy >> 127) & 1 == 1;
}

/// @return interest in bps a year while the merchant owes, while the consumer is the cause, and on supervised money
function rates(Terms calldata terms) pure returns (uint256, uint256, uint256) {
    return (uint16(terms.policy >> 128), uint16(terms.policy >> 144), uint16(terms.policy >> 160));
}

/// @return most that each tier of merchant may have had in advance, in bps of the principal; tier 0 gets nothing
function ladder(Terms calldata terms, uint256 tier) pure returns (uint256) {
    if (tier == 0 || tier > 3) return 0;
    return uint16(terms.policy >> (176 + 16 * (tier - 1)));
}

/// @return whether the merchant's credit tier decides how much it may have had in advance
function hasLadder(Terms calldata terms) pure returns (bool) {
    return uint48(terms.policy >> 176) != 0;
}

// --------------------------------------------------------------------------------------------------------- order

/// @return unix time of the last second in which the card may be opened
function buyBy(Terms calldata terms) pure returns (uint256) {
    return uint40(terms.order >> 64);
}

/// @return through which front door it was bought; recorded, never decisive
function channel(Terms calldata terms) pure returns (uint256) {
    return uint8(terms.order >> 104);
}

/// @return facts declared at purchase: bit 0, the consumer had the same goods or service before (art. 14)
function declared(Terms calldata terms) pure returns (uint256) {
    return uint8(terms.order >> 112);
}

/// @return who receives what is released
function recipient(Terms calldata terms) pure returns (address) {
    return terms.payee == address(0) ? terms.merchant : terms.payee;
}

using {
    principal,
    bonus,
    exitFeeCap,
    advance,
    accrual,
    custodyBps,
    exitFeeBps,
    termDays,
    coolingDays,
    refundDays,
    accrualDays,
    pauseMaxDays,
    confirmHours,
    expiryPolicy,
    schedule,
    settlementFormula,
    notConsumerFormula,
    consumerFormula,
    coolingUse,
    giftRule,
    trigger,
    listSource,
    takesVouchers,
    transferable,
    refundOnClosure,
    ladderForAll,
    rates,
    ladder,
    hasLadder,
    buyBy,
    channel,
    declared,
    recipient
} for Terms global;
