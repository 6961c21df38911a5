// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMerchantRegistry} from "../interfaces/IMerchantRegistry.sol";
import {Terms} from "../types/Terms.sol";
import {Usage} from "../types/Usage.sol";
import {Errors} from "./Errors.sol";

/// @notice Questions to contracts that may fail, loop or answer too much: bounded gas, static calls, one word back.
///
/// @dev Enough gas for the answer and for the rest is required beforehand. Otherwise whoever submits an exit could
/// starve the question and so choose the answer to a failure.
library Bounded {
    uint256 internal constant ANSWER_GAS = 100_000;
    uint256 internal constant REST_GAS = 100_000;

    /// @param selector of a function of `IPrepaidTemplate`
    /// @param cause ignored by `released`
    /// @return ok whether there was an answer
    /// @return fen the answer; without one, the first word that came back instead
    function askTemplate(bytes4 selector, Terms calldata terms, Usage memory usage, uint256 cause)
        internal
        view
        returns (bool ok, uint256 fen)
    {
        _requireGas();
        address template = terms.template;
        // Copies the twelve words of the terms as they came; an ABI encoding would take each apart and cost 1,000 gas.
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, selector)
            calldatacopy(add(free, 0x04), terms, 0x180)
            mcopy(add(free, 0x184), usage, 0xc0)
            mstore(add(free, 0x244), cause)
            ok := staticcall(ANSWER_GAS, template, free, 0x264, 0x00, 0x20)
            ok := and(ok, gt(returndatasize(), 0x1f))
            if gt(returndatasize(), 0x03) { fen := mload(0x00) }
        }
    }

    /// @return ok whether there was an answer
    /// @return stoppedAt unix time of the first stop since `since`, 0 if there was none
    function askStopped(address registry, address merchant, uint256 since)
        internal
        view
        returns (bool ok, uint256 stoppedAt)
    {
        return _askWord(registry, abi.encodeCall(IMerchantRegistry.stoppedSince, (merchant, since)));
    }

    /// @return ok whether there was an answer
    /// @return tier credit tier of the merchant now
    function askTier(address registry, address merchant) internal view returns (bool ok, uint256 tier) {
        return _askWord(registry, abi.encodeCall(IMerchantRegistry.tierOf, (merchant)));
    }

    function _askWord(address registry, bytes memory question) private view returns (bool ok, uint256 word) {
        _requireGas();
        assembly ("memory-safe") {
            ok := staticcall(ANSWER_GAS, registry, add(question, 0x20), mload(question), 0x00, 0x20)
            ok := and(ok, gt(returndatasize(), 0x1f))
            if ok { word := mload(0x00) }
        }
    }

    function _requireGas() private view {
        uint256 left = gasleft();
        if (left < ANSWER_GAS + REST_GAS) revert Errors.SubWallet_GasTooLow(left, ANSWER_GAS + REST_GAS);
    }
}
