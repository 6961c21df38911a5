// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Terms} from "../types/Terms.sol";
import {Errors} from "./Errors.sol";

/// @notice What terms must hold by themselves, on the shelf and at opening alike.
///
/// @dev What nobody would keep may not be promised: fields without effect must be zero, and a choice must be one of its list.
/// Whether a template knows a formula of the list is its own affair; one that it does not know is the share used.
library TermsCheck {
    uint256 private constant BPS = 10_000;
    uint256 private constant MAX_EXIT_FEE_BPS = 1_000;
    uint256 private constant ON_CONDITIONS = 2;

    // One look at all small numbers of `Terms.policy`. A number is in its range when neither it nor it plus the distance
    // from the end of its range to the next power of two has a bit from that power on. A sum runs over into the number
    // above only where the number itself has such a bit, and then all is refused anyway.
    uint256 private constant DISTANCES = 0x58ef58ef58ef << 176 // ladder: each at most 10000 bps, next power 2^15
        | 0x101100021 << 88 // lists that end at 2: listSource, giftRule, coolingUse, expiryPolicy; at 1: schedule
        | 0x7c17 << 16 // exitFeeBps
        | 0x58ef; // custodyBps
    uint256 private constant BEYOND = 0x800080008000 << 176 | 1 << 125 // transferable
        | 0xc0ccccccc << 88 // the same lists, and the formulas, which end at 3
        | 0xffff << 72 // pauseMaxDays, confirmHours
        | 0x80008000;

    function requireSound(Terms calldata terms) internal pure {
        uint256 principal = terms.principal();
        if (principal == 0) revert Errors.SubWallet_TermsInvalid("principal", 0);
        if (terms.advance() > principal) revert Errors.SubWallet_TermsInvalid("advance", terms.advance());
        uint256 policy = terms.policy;
        unchecked {
            if ((policy | (policy + DISTANCES)) & BEYOND != 0) _refuse(terms);
        }
        if (terms.trigger() != 0) _requireConditions(terms);
        if (terms.certifier != address(0)) _requireThirdParty(terms);
    }

    /// @dev Say which number has no meaning: somebody else might give it another one.
    function _refuse(Terms calldata terms) private pure {
        _requireAtMost("custodyBps", terms.custodyBps(), BPS);
        _requireAtMost("exitFeeBps", terms.exitFeeBps(), MAX_EXIT_FEE_BPS);
        _requireAtMost("pauseMaxDays", terms.pauseMaxDays(), 0);
        _requireAtMost("confirmHours", terms.confirmHours(), 0);
        _requireAtMost("expiryPolicy", terms.expiryPolicy(), 2);
        _requireAtMost("schedule", terms.schedule(), 1);
        _requireAtMost("settlementFormula", terms.settlementFormula(), 3);
        _requireAtMost("notConsumerFormula", terms.notConsumerFormula(), 3);
        _requireAtMost("consumerFormula", terms.consumerFormula(), 3);
        _requireAtMost("coolingUse", terms.coolingUse(), 2);
        _requireAtMost("giftRule", terms.giftRule(), 2);
        _requireAtMost("listSource", terms.listSource(), 2);
        _requireAtMost("transferable", terms.transferable() ? 1 : 0, 0);
        for (uint256 tier = 1; tier < 4; ++tier) {
            _requireAtMost("ladder", terms.ladder(tier), BPS);
        }
    }

    function _requireAtMost(string memory what, uint256 value, uint256 most) private pure {
        if (value > most) revert Errors.SubWallet_TermsInvalid(what, value);
    }

    /// @dev Money moves by itself only on somebody's certificate and within what the terms let time earn.
    function _requireConditions(Terms calldata terms) private pure {
        if (terms.trigger() != ON_CONDITIONS) {
            revert Errors.SubWallet_TermsInvalid("trigger", terms.trigger());
        }
        if (terms.certifier == address(0)) revert Errors.SubWallet_TermsInvalid("certifier", 0);
        if (terms.accrualDays() == 0) revert Errors.SubWallet_TermsInvalid("accrualDays", 0);
    }

    /// @dev What is certified counts at exit without the consumer's signature, so it must not be the word of whoever is
    /// paid for it. A voucher's totals are the consumer's alone.
    function _requireThirdParty(Terms calldata terms) private pure {
        if (terms.certifier == terms.merchant || terms.certifier == terms.payee) {
            revert Errors.SubWallet_TermsInvalid("certifier", uint160(terms.certifier));
        }
        if (terms.takesVouchers()) revert Errors.SubWallet_TermsInvalid("takesVouchers", 1);
    }
}
