// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

import {SettlementPlan} from "../types/Settlement.sol";
import {SettlementAccount} from "./SettlementAccount.sol";

/// @notice Opens settlement accounts at addresses that follow from their plans: who knows the plan knows the account,
/// and an address that does not follow from a plan is none.
contract Settlements {
    event AccountOpened(address indexed account, address indexed merchant, SettlementPlan plan);

    /// @notice Open an account. Anyone; it serves nobody but those in its plan.
    function open(SettlementPlan calldata plan) external returns (address account) {
        account = address(new SettlementAccount{salt: bytes32(0)}(plan));
        emit AccountOpened(account, plan.merchant, plan);
    }

    /// @notice Where the account of a plan stands, whether it is open or not.
    function accountOf(SettlementPlan calldata plan) external view returns (address) {
        bytes memory code = abi.encodePacked(type(SettlementAccount).creationCode, abi.encode(plan));
        return Create2.computeAddress(bytes32(0), keccak256(code));
    }
}
