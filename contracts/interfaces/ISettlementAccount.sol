// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SettlementPlan} from "../types/Settlement.sol";

/// @notice Where cards pay a merchant if their terms name this account as payee: it takes the fees that were agreed when
/// it was opened, and keeps the rest for the merchant. It can neither reach a card nor be changed.
///
/// @dev Money arrives by plain transfer and is entered in the books by whoever touches the account next. The day on
/// which it is entered counts.
interface ISettlementAccount {
    event MoneyEntered(uint256 amount, uint256 fee, uint256 levy, uint256 net, uint256 day);
    event MoneyWithdrawn(address indexed to, uint256 amount);
    event MoneyWithdrawnFast(address indexed to, uint256 amount, uint256 fee);
    event FeesPaid(address indexed to, uint256 amount);

    /// @notice Enter in the books what has arrived since. Anyone; the other functions do it by themselves.
    function enter() external;

    /// @notice Take what is ready. Only the merchant.
    ///
    /// @param amount fen, at most what is ready
    function withdraw(address to, uint256 amount) external;

    /// @notice Take what is not ready yet, for a fee. Only the merchant, and only where the plan lets it.
    ///
    /// @param amount fen, at most what is waiting; the fee comes out of it
    /// @return fee fen
    function withdrawFast(address to, uint256 amount) external returns (uint256 fee);

    /// @notice Pay the platform, the fund or the bank what it is due. Anyone. A fund that is a contract takes it as paid
    /// in (`GuaranteeFund.payIn`).
    ///
    /// @param to one of the three
    /// @return amount fen
    function payFees(address to) external returns (uint256 amount);

    /// @notice What the account was opened for.
    function plan() external view returns (SettlementPlan memory);

    /// @notice The merchant's money as of now, what is not entered yet included. Fen.
    ///
    /// @return ready may be withdrawn
    /// @return waiting becomes ready on later days
    function available() external view returns (uint256 ready, uint256 waiting);

    /// @notice Fen due to one of the plan's three receivers, as far as entered.
    function dueTo(address receiver) external view returns (uint256);
}
