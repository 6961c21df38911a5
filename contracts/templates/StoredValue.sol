// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPrepaidTemplate} from "../interfaces/IPrepaidTemplate.sol";
import {Errors} from "../libraries/Errors.sol";
import {RefundMath} from "../libraries/RefundMath.sol";
import {Terms} from "../types/Terms.sol";
import {Cause, Usage} from "../types/Usage.sol";

/// @notice A card spent in yuan, with or without a bonus: pay 1000, get 300.
///
/// @dev `usage.used` is fen of face value; `usage.listed` the same, plus the value of goods given along with the card.
/// Handing such goods over is a use that raises `listed` alone and moves no money. Nothing in `params`.
contract StoredValue is IPrepaidTemplate {
    // giftRule; 0: return or pay where the consumer leaves
    uint256 private constant GIFTS_ALWAYS_PAID = 1;
    uint256 private constant GIFTS_IGNORED = 2;

    /// @inheritdoc IPrepaidTemplate
    function released(Terms calldata terms, Usage calldata usage) external pure returns (uint256) {
        uint256 face = terms.principal() + terms.bonus();
        if (usage.used > face) revert Errors.Template_Overdrawn(usage.used, face);
        return RefundMath.release(terms, usage, _earned(terms, usage.used, terms.settlementFormula()));
    }

    /// @inheritdoc IPrepaidTemplate
    function entitlement(Terms calldata terms, Usage calldata usage, Cause cause)
        external
        pure
        returns (uint256)
    {
        uint256 principal = terms.principal();
        uint256 earned = _earned(terms, usage.used, RefundMath.formulaFor(terms, cause));
        earned += _gifts(terms, usage, cause);
        return earned < principal ? principal - earned : 0;
    }

    /// @dev What the merchant has earned with `used` fen of face value.
    function _earned(Terms calldata terms, uint256 used, uint256 formula) private pure returns (uint256) {
        uint256 principal = terms.principal();
        if (formula == RefundMath.LIST) return RefundMath.byList(principal, used);
        if (formula == RefundMath.GIFT_FIRST) return RefundMath.afterGift(principal, used, terms.bonus());
        return RefundMath.byRatio(principal, used, principal + terms.bonus());
    }

    /// @dev Value of given goods that were not given back and are paid for at this exit (art. 21).
    function _gifts(Terms calldata terms, Usage calldata usage, Cause cause) private pure returns (uint256) {
        uint256 rule = terms.giftRule();
        if (rule == GIFTS_IGNORED || usage.listed <= usage.used) return 0;
        bool leaves = cause == Cause.CoolingOff || cause == Cause.Consumer;
        return leaves || rule == GIFTS_ALWAYS_PAID ? usage.listed - usage.used : 0;
    }
}
