// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Terms} from "../types/Terms.sol";

/// @notice Stands behind cards whose custody is partial: pays what a closed card is short, within its limits.
///
/// @dev Its money never mixes with a consumer's: it pays through `ISubWallet.payShortfall`, from its own pocket straight
/// to the consumer.
interface IGuarantor {
    /// @notice Stand for a card that is being opened. Called by the consumer's sub-wallet; reverts unless it does.
    ///
    /// @param card its id; `terms` hash to it in the calling sub-wallet
    /// @param limit fen that this guarantor promises at most for the card
    function accept(bytes32 card, Terms calldata terms, uint256 limit) external;

    /// @notice Whether this guarantor will pay nothing more for the card: it never stood for it, has paid, has refused,
    /// or its time is over. The next one in the card's order pays only then.
    function isDone(address wallet, bytes32 card) external view returns (bool);
}
