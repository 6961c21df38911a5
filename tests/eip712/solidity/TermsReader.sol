// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Terms} from "prepaid/types/Terms.sol";

/// @notice Answers what every accessor of the terms reads, in the order of the Python layout.
contract TermsReader {
    function read(Terms calldata terms) external pure returns (uint256[35] memory all) {
        uint256 i = 0;
        all[i++] = terms.principal();
        all[i++] = terms.bonus();
        all[i++] = terms.exitFeeCap();
        all[i++] = terms.advance();
        all[i++] = terms.accrual();
        all[i++] = terms.custodyBps();
        all[i++] = terms.exitFeeBps();
        all[i++] = terms.termDays();
        all[i++] = terms.coolingDays();
        all[i++] = terms.refundDays();
        all[i++] = terms.accrualDays();
        all[i++] = terms.pauseMaxDays();
        all[i++] = terms.confirmHours();
        all[i++] = terms.expiryPolicy();
        all[i++] = terms.schedule();
        all[i++] = terms.settlementFormula();
        all[i++] = terms.notConsumerFormula();
        all[i++] = terms.consumerFormula();
        all[i++] = terms.coolingUse();
        all[i++] = terms.giftRule();
        all[i++] = terms.trigger();
        all[i++] = terms.listSource();
        all[i++] = terms.takesVouchers() ? 1 : 0;
        all[i++] = terms.transferable() ? 1 : 0;
        all[i++] = terms.refundOnClosure() ? 1 : 0;
        all[i++] = terms.ladderForAll() ? 1 : 0;
        (all[i], all[i + 1], all[i + 2]) = terms.rates();
        i += 3;
        all[i++] = terms.ladder(1);
        all[i++] = terms.ladder(2);
        all[i++] = terms.ladder(3);
        all[i++] = terms.buyBy();
        all[i++] = terms.channel();
        all[i++] = terms.declared();
    }

    function ladder(Terms calldata terms, uint256 tier) external pure returns (uint256) {
        return terms.ladder(tier);
    }

    function recipient(Terms calldata terms) external pure returns (address) {
        return terms.recipient();
    }

    function product(Terms calldata terms) external pure returns (bytes32) {
        Terms memory copy = terms;
        copy.order = 0;
        return keccak256(abi.encode(copy));
    }
}
