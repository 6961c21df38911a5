// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What a settlement account was opened for; its address follows from these words, so none can change.
struct SettlementPlan {
    address token; // digital yuan; 1 unit = 1 fen
    address merchant; // whose account it is
    address platform; // receives the service fee
    address fund; // receives the levy: a `GuaranteeFund`, or the account of whoever keeps one
    address bank; // receives the fee for fast withdrawal
    uint16 feeBps; // service fee on what arrives
    uint16 levyBps; // levy on what arrives
    uint16 fastFeeBps; // fee on what is withdrawn before its day
    uint8 settleDays; // calendar days (UTC+8) between arrival and withdrawal, 0 to 7
    bool fast; // whether money may be withdrawn before its day
}
