// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Terms} from "../types/Terms.sol";
import {Errors} from "./Errors.sol";

/// @notice What terms must hold by themselves, on the shelf and at opening alike.
library TermsCheck {
    uint256 private constant BPS = 10_000;
    uint256 private constant MAX_EXIT_FEE_BPS = 1_000;

    function requireSound(Terms calldata terms) internal pure {
        uint256 principal = terms.principal();
        if (principal == 0) revert Errors.SubWallet_TermsInvalid("principal", 0);
        if (terms.advance() > principal) revert Errors.SubWallet_TermsInvalid("advance", terms.advance());
        if (terms.custodyBps() > BPS) revert Errors.SubWallet_TermsInvalid("custodyBps", terms.custodyBps());
        if (terms.exitFeeBps() > MAX_EXIT_FEE_BPS) {
            revert Errors.SubWallet_TermsInvalid("exitFeeBps", terms.exitFeeBps());
        }
        // A cover would need guarantors that accept the card at opening; there are none, so none may be promised.
        if (terms.cover != 0) revert Errors.SubWallet_TermsInvalid("cover", uint256(terms.cover));
    }
}
