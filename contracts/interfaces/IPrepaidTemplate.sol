// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Terms} from "../types/Terms.sol";
import {Cause, Usage} from "../types/Usage.sol";

/// @notice The rules of one kind of card: two pure functions. A template never touches money; the sub-wallet bounds
/// every answer by what the consumer signed.
interface IPrepaidTemplate {
    /// @notice How much the merchant may have had by now.
    ///
    /// @dev Must not fall as `usage` grows and never exceed the principal; the sub-wallet clamps it either way.
    ///
    /// @return fen cumulative
    function released(Terms calldata terms, Usage calldata usage) external pure returns (uint256 fen);

    /// @notice What the consumer is owed if the card ends now, before any exit fee.
    ///
    /// @return fen gross of what is held or not
    function entitlement(Terms calldata terms, Usage calldata usage, Cause cause)
        external
        pure
        returns (uint256 fen);
}
