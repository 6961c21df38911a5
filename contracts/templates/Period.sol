// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPrepaidTemplate} from "../interfaces/IPrepaidTemplate.sol";
import {Errors} from "../libraries/Errors.sol";
import {RefundMath} from "../libraries/RefundMath.sol";
import {Terms} from "../types/Terms.sol";
import {Cause, Usage} from "../types/Usage.sol";

/// @notice A card for a time: as often as one likes until the term is over, or a number of months redeemed one by one.
///
/// @dev `params0`: months 16 | days between releases 16, low bits first.
///
/// With no months, `usage.used` is visits, which cost nothing: time earns, principal · days / `termDays`, used or not
/// (art. 22). What has been earned is released every so many days, or at the end where that number is zero. At exit
/// the sub-wallet lets time earn only what the terms say in plain fields: `accrual` = ⌈principal / term⌉ and
/// `accrualDays` = 1 let the merchant keep the share of each day.
///
/// With months, `usage.used` is months redeemed, each released when the consumer confirms it.
///
/// `usage.listed` is fen at the price of a single visit or month.
contract Period is IPrepaidTemplate {
    /// @inheritdoc IPrepaidTemplate
    function released(Terms calldata terms, Usage calldata usage) external pure returns (uint256) {
        uint256 months = _months(terms);
        if (months == 0) return RefundMath.release(terms, usage, _byTime(terms, _releaseDay(terms, usage)));
        if (usage.used > months) revert Errors.Template_Overdrawn(usage.used, months);
        return RefundMath.release(terms, usage, _redeemed(terms, usage, months, terms.settlementFormula()));
    }

    /// @inheritdoc IPrepaidTemplate
    function entitlement(Terms calldata terms, Usage calldata usage, Cause cause)
        external
        pure
        returns (uint256)
    {
        uint256 principal = terms.principal();
        uint256 months = _months(terms);
        uint256 formula = RefundMath.formulaFor(terms, cause);
        if (months != 0) return principal - _redeemed(terms, usage, months, formula);
        // The law counts time whoever is the cause; only cooling-off, which undoes the contract, deducts visits.
        if (cause == Cause.CoolingOff && formula == RefundMath.LIST) {
            return principal - RefundMath.byList(principal, usage.listed);
        }
        return principal - _byTime(terms, usage.elapsed);
    }

    /// @dev Months to redeem, 0 for a card that is unlimited within its term.
    function _months(Terms calldata terms) private pure returns (uint256 months) {
        months = uint16(terms.params0);
        if (months == 0 && terms.termDays() == 0) revert Errors.Template_TermsInvalid("term", 0);
    }

    /// @dev The day up to which time has been paid for; none while the consumer may still change their mind.
    function _releaseDay(Terms calldata terms, Usage calldata usage) private pure returns (uint256) {
        if (usage.elapsed <= terms.coolingDays()) return 0;
        if (usage.elapsed >= terms.termDays()) return usage.elapsed;
        uint256 every = uint16(terms.params0 >> 16);
        return every == 0 ? 0 : usage.elapsed - usage.elapsed % every;
    }

    function _byTime(Terms calldata terms, uint256 day) private pure returns (uint256) {
        return RefundMath.byRatio(terms.principal(), day, terms.termDays());
    }

    function _redeemed(Terms calldata terms, Usage calldata usage, uint256 months, uint256 formula)
        private
        pure
        returns (uint256)
    {
        uint256 principal = terms.principal();
        if (formula == RefundMath.LIST) return RefundMath.byList(principal, usage.listed);
        return RefundMath.byRatio(principal, usage.used, months);
    }
}
