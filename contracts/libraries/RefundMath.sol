// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Terms} from "../types/Terms.sol";
import {Cause, Usage} from "../types/Usage.sol";

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
        if (used >= face) return principal;
        // Both factors come from 48 bits: the first is one of `Terms.amounts`, the second one of the card's totals.
        unchecked {
            return principal * used / face;
        }
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

    /// @notice The formula that the terms set for a cause.
    ///
    /// @dev Use during cooling-off is deducted at list price where the terms say so; expiry is nobody's fault.
    function formulaFor(Terms calldata terms, Cause cause) internal pure returns (uint256 formula) {
        if (cause == Cause.Consumer) return terms.consumerFormula();
        if (cause == Cause.CoolingOff && terms.coolingUse() == 0) return LIST;
        return terms.notConsumerFormula();
    }

    /// @notice What the merchant may have had when it has earned `earned`: all but what must stay held.
    ///
    /// @dev The share that must be held is rounded up, so the release is rounded down. Where the terms carry a ladder, the
    /// merchant's credit tier decides that share; without a tier all is held. `schedule` 0, proportional: the same share
    /// of the unperformed value at all times; 1, advance first: the held share is spent last.
    function release(Terms calldata terms, Usage calldata usage, uint256 earned)
        internal
        pure
        returns (uint256)
    {
        uint256 custodyBps = terms.hasLadder() ? BPS - terms.ladder(usage.tier) : terms.custodyBps();
        if (custodyBps == BPS) return earned;
        uint256 principal = terms.principal();
        uint256 unperformed = principal - earned;
        if (terms.schedule() == 0) return principal - (custodyBps * unperformed + BPS - 1) / BPS;
        uint256 share = (custodyBps * principal + BPS - 1) / BPS;
        return principal - (share < unperformed ? share : unperformed);
    }
}
