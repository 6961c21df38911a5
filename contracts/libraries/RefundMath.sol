// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The valuations that refunds and releases are made of. All amounts in fen.
///
/// @dev Each function answers what the merchant has *earned*, rounded down on the running total: paying each use the
/// difference of two totals makes them telescope to the principal, to the fen. Sources: Supreme People's Court
/// interpretation Fa Shi (2025) No. 4, art. 18 and 19; see each function.
library RefundMath {
    uint256 internal constant BPS = 10_000;

    // Formula numbers as they stand in `Terms.policy`.
    uint256 internal constant RATIO = 0; // art. 18(2): by the share of face value used
    uint256 internal constant LIST = 1; // art. 19: at the price before discount (principal first)
    uint256 internal constant GIFT_FIRST = 2; // better terms (art. 18, 19, last paragraphs): what was given goes first

    /// @return earned principal · used / face, for `used` ≤ `face`; all of it beyond
    function byRatio(uint256 principal, uint256 used, uint256 face) internal pure returns (uint256 earned) {
        return used >= face ? principal : principal * used / face;
    }

    /// @return earned the price before discount, never more than the principal (art. 20: no excess is owed)
    function byList(uint256 principal, uint256 listed) internal pure returns (uint256 earned) {
        return listed < principal ? listed : principal;
    }

    /// @return earned by use beyond what was given, never more than the principal
    function afterGift(uint256 principal, uint256 used, uint256 given)
        internal
        pure
        returns (uint256 earned)
    {
        if (used <= given) return 0;
        return used - given < principal ? used - given : principal;
    }

    /// @notice What must stay held for an unperformed value, rounded up.
    ///
    /// @param scheduled 0 proportional: the same share at all times; 1 advance first: the held share is spent last
    function toHold(uint256 principal, uint256 unperformed, uint256 custodyBps, uint256 scheduled)
        internal
        pure
        returns (uint256)
    {
        if (scheduled == 0) return (custodyBps * unperformed + BPS - 1) / BPS;
        uint256 share = (custodyBps * principal + BPS - 1) / BPS;
        return share < unperformed ? share : unperformed;
    }
}
