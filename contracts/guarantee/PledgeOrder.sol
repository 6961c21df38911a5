// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IGuarantor} from "../interfaces/IGuarantor.sol";
import {Bounded} from "../libraries/Bounded.sol";
import {Errors} from "../libraries/Errors.sol";
import {Pledge} from "../types/Cover.sol";

/// @notice Whose turn it is among a card's guarantors.
library PledgeOrder {
    /// @notice The pledges are those that the consumer signed, the calling contract is one of them, and all before it are
    /// done. One that cannot answer will not pay either.
    function requireTurn(address wallet, bytes32 card, bytes32 cover, Pledge[] calldata pledges)
        internal
        view
    {
        if (keccak256(abi.encode(pledges)) != cover) revert Errors.Guarantor_OtherCover(card, cover);
        for (uint256 i = 0; pledges[i].guarantor != address(this); ++i) {
            address earlier = pledges[i].guarantor;
            if (!_isDone(earlier, wallet, card)) revert Errors.Guarantor_NotOurTurn(card, earlier);
        }
    }

    function _isDone(address guarantor, address wallet, bytes32 card) private view returns (bool done) {
        // As for a template: whoever files must not be able to starve the answer.
        uint256 needed = Bounded.ANSWER_GAS + Bounded.REST_GAS;
        if (gasleft() < needed) revert Errors.SubWallet_GasTooLow(gasleft(), needed);
        bytes memory question = abi.encodeCall(IGuarantor.isDone, (wallet, card));
        uint256 gasForIt = Bounded.ANSWER_GAS;
        assembly ("memory-safe") {
            let ok := staticcall(gasForIt, guarantor, add(question, 0x20), mload(question), 0x00, 0x20)
            done := or(iszero(ok), or(lt(returndatasize(), 0x20), iszero(iszero(mload(0x00)))))
        }
    }
}
