// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPrepaidTemplate} from "../interfaces/IPrepaidTemplate.sol";
import {Errors} from "../libraries/Errors.sol";
import {RefundMath} from "../libraries/RefundMath.sol";
import {Terms} from "../types/Terms.sol";
import {Cause, Usage} from "../types/Usage.sol";

/// @notice A card spent in yuan, with or without a bonus: pay 1000, get 300.
///
/// @dev `usage.used` and `usage.listed` are fen of face value. Nothing in `params`.
contract StoredValue is IPrepaidTemplate {
    /// @inheritdoc IPrepaidTemplate
    function released(Terms calldata terms, Usage calldata usage) external pure returns (uint256) {
        uint256 face = terms.principal() + terms.bonus();
        if (usage.used > face) revert Errors.Template_Overdrawn(usage.used, face);
        return RefundMath.release(terms, _earned(terms, usage.used, terms.settlementFormula()));
    }

    /// @inheritdoc IPrepaidTemplate
    function entitlement(Terms calldata terms, Usage calldata usage, Cause cause)
        external
        pure
        returns (uint256)
    {
        return terms.principal() - _earned(terms, usage.used, RefundMath.formulaFor(terms, cause));
    }

    /// @dev What the merchant has earned with `used` fen of face value.
    function _earned(Terms calldata terms, uint256 used, uint256 formula) private pure returns (uint256) {
        uint256 principal = terms.principal();
        if (formula == RefundMath.LIST) return RefundMath.byList(principal, used);
        if (formula == RefundMath.GIFT_FIRST) return RefundMath.afterGift(principal, used, terms.bonus());
        return RefundMath.byRatio(principal, used, principal + terms.bonus());
    }
}
