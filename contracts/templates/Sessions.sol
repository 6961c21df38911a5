// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPrepaidTemplate} from "../interfaces/IPrepaidTemplate.sol";
import {Errors} from "../libraries/Errors.sol";
import {RefundMath} from "../libraries/RefundMath.sol";
import {Terms} from "../types/Terms.sol";
import {Cause, Usage} from "../types/Usage.sol";

/// @notice A card of sessions: n paid, g given.
///
/// @dev `usage.used` is sessions, `usage.listed` fen at the list price of one. `params0`: paid sessions 32 | given
/// sessions 32, low bits first.
contract Sessions is IPrepaidTemplate {
    uint256 private constant PAID_FIRST = 3; // formula: each paid session earns its share, given ones nothing

    /// @inheritdoc IPrepaidTemplate
    function released(Terms calldata terms, Usage calldata usage) external pure returns (uint256) {
        uint256 sessions = uint32(terms.params0) + uint256(uint32(terms.params0 >> 32));
        if (usage.used > sessions) revert Errors.Template_Overdrawn(usage.used, sessions);
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

    /// @dev What the merchant has earned with the sessions used so far.
    function _earned(Terms calldata terms, Usage calldata usage, uint256 formula)
        private
        pure
        returns (uint256)
    {
        uint256 principal = terms.principal();
        uint256 paid = uint32(terms.params0);
        uint256 given = uint32(terms.params0 >> 32);
        if (formula == RefundMath.LIST) return RefundMath.byList(principal, usage.listed);
        if (formula == RefundMath.GIFT_FIRST) {
            return usage.used <= given ? 0 : RefundMath.byRatio(principal, usage.used - given, paid);
        }
        if (formula == PAID_FIRST) return RefundMath.byRatio(principal, usage.used, paid);
        return RefundMath.byRatio(principal, usage.used, paid + given);
    }
}
