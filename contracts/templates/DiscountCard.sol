// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPrepaidTemplate} from "../interfaces/IPrepaidTemplate.sol";
import {Errors} from "../libraries/Errors.sol";
import {RefundMath} from "../libraries/RefundMath.sol";
import {Terms} from "../types/Terms.sol";
import {Cause, Usage} from "../types/Usage.sol";

/// @notice A card with a price cut on everything: prepay 2000 and pay 80 % of each price.
///
/// @dev `usage.used` is fen at the reduced price, taken from principal and bonus; `usage.listed` fen for the same at the
/// price before discount. `params0`: the discount factor in bps, 8000 for 80 %. A single use may be cheaper still, say
/// at half price. A consumer who is not the cause pays the reduced price (art. 18(1)), one who is the price before
/// discount (art. 19), the market's where that one is found to be unreasonable: a finding then lowers `listed`.
contract DiscountCard is IPrepaidTemplate {
    /// @inheritdoc IPrepaidTemplate
    function released(Terms calldata terms, Usage calldata usage) external pure returns (uint256) {
        uint256 factor = terms.params0;
        if (factor == 0 || factor > RefundMath.BPS) revert Errors.Template_TermsInvalid("discount", factor);
        uint256 face = terms.principal() + terms.bonus();
        if (usage.used > face) revert Errors.Template_Overdrawn(usage.used, face);
        // The discount is the promise of this card: all uses together never cost more.
        uint256 most = usage.listed * factor / RefundMath.BPS;
        if (usage.used > most) revert Errors.Template_NotDiscounted(usage.used, most);
        return RefundMath.release(terms, usage, _earned(terms, usage, terms.settlementFormula()));
    }

    /// @inheritdoc IPrepaidTemplate
    function entitlement(Terms calldata terms, Usage calldata usage, Cause cause)
        external
        pure
        returns (uint256)
    {
        return terms.principal() - _earned(terms, usage, RefundMath.formulaFor(terms, cause));
    }

    /// @dev What the merchant has earned with the uses so far.
    function _earned(Terms calldata terms, Usage calldata usage, uint256 formula)
        private
        pure
        returns (uint256)
    {
        uint256 principal = terms.principal();
        uint256 bonus = terms.bonus();
        if (formula == RefundMath.LIST) return RefundMath.byList(principal, usage.listed);
        if (formula == RefundMath.GIFT_FIRST) return RefundMath.afterGift(principal, usage.used, bonus);
        return RefundMath.byRatio(principal, usage.used, principal + bonus);
    }
}
