// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITemplateRegistry} from "../interfaces/ITemplateRegistry.sol";

/// @notice Copies the code that the registry is about to admit into a new account.
///
/// @dev Its own creation code is always the same, so the new address depends on the salt alone: the hash of the code.
contract TemplateShell {
    constructor() {
        bytes memory code = ITemplateRegistry(msg.sender).pendingCode();
        assembly ("memory-safe") {
            return(add(code, 0x20), mload(code))
        }
    }
}
