// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Terms} from "../types/Terms.sol";
import {Errors} from "./Errors.sol";

/// @notice What terms must hold by themselves, on the shelf and at opening alike.
///
/// @dev What nobody would keep may not be promised: fields without effect must be zero.
library TermsCheck {
    uint256 private constant BPS = 10_000;
    uint256 private constant MAX_EXIT_FEE_BPS = 1_000;
    uint256 private constant ON_CONDITIONS = 2;

    function requireSound(Terms calldata terms) internal pure {
        uint256 principal = terms.principal();
        if (principal == 0) revert Errors.SubWallet_TermsInvalid("principal", 0);
        if (terms.advance() > principal) revert Errors.SubWallet_TermsInvalid("advance", terms.advance());
        if (terms.custodyBps() > BPS) revert Errors.SubWallet_TermsInvalid("custodyBps", terms.custodyBps());
        if (terms.exitFeeBps() > MAX_EXIT_FEE_BPS) {
            revert Errors.SubWallet_TermsInvalid("exitFeeBps", terms.exitFeeBps());
        }
        if (terms.pauseMaxDays() != 0) {
            revert Errors.SubWallet_TermsInvalid("pauseMaxDays", terms.pauseMaxDays());
        }
        if (terms.confirmHours() != 0) {
            revert Errors.SubWallet_TermsInvalid("confirmHours", terms.confirmHours());
        }
        if (terms.transferable()) revert Errors.SubWallet_TermsInvalid("transferable", 1);
        if (terms.trigger() != 0) _requireConditions(terms);
        if (terms.certifier != address(0)) _requireThirdParty(terms);
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
