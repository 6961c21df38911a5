// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {Errors} from "../libraries/Errors.sol";

/// @notice Payments that say what they are for: interest on a refund, a credit drawn or paid back. An entry stands in
/// the book only because its money has moved, out of the pocket of whoever made it.
contract PaymentBook {
    using SafeERC20 for IERC20;

    event PaymentEntered(
        bytes32 indexed what,
        bytes32 indexed about,
        address indexed from,
        address to,
        address token,
        uint256 amount
    );

    /// @notice Pay somebody, by allowance to this book, and enter it.
    ///
    /// @param what kind of payment, short ASCII text
    /// @param about what it concerns: a card's id, a merchant's address
    function pay(IERC20 token, address to, uint256 amount, bytes32 what, bytes32 about) external {
        if (amount == 0) revert Errors.PaymentBook_NothingPaid();
        emit PaymentEntered(what, about, msg.sender, to, address(token), amount);
        token.safeTransferFrom(msg.sender, to, amount);
    }
}
