// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerchantStatus} from "../types/Merchant.sol";

/// @notice Who may sell, and since when a merchant no longer performs. Whatever is said here is dated when it is said.
interface IMerchantRegistry {
    event MerchantApplied(address indexed merchant, string name, bytes32 licence);
    event MerchantStatusChanged(address indexed merchant, MerchantStatus status, uint256 since);
    event MerchantTierChanged(address indexed merchant, uint256 tier, uint256 since);

    /// @notice Ask for admission.
    ///
    /// @param name as the public knows the merchant
    /// @param licence hash of the licence and the bank account, which are shown to the operator
    function applyToSell(string calldata name, bytes32 licence) external;

    /// @notice Whether the merchant may open new cards.
    function maySell(address merchant) external view returns (bool);

    /// @notice First moment at or after `since` at which the merchant stopped performing; 0 if it did not.
    ///
    /// @dev Stays true for cards open at that moment even if the merchant is approved again.
    function stoppedSince(address merchant, uint256 since) external view returns (uint256 stoppedAt);

    /// @notice Credit tier, 0 none, 1 lowest … 3 highest.
    function tierOf(address merchant) external view returns (uint256);
}
