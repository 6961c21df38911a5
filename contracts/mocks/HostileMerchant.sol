// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITokenRecipient} from "./HostileToken.sol";

/// @notice A merchant or payee that is a contract: refuses money, or comes back in when money arrives. Tests only.
contract HostileMerchant is ITokenRecipient {
    error NoThanks();

    bool public refuses;
    bool public gotIn; // whether the call made on arrival succeeded
    address private _target;
    bytes private _payload;

    /// @notice Do something as this merchant, say apply to the registry.
    function execute(address target, bytes calldata data) external {
        (bool ok,) = target.call(data);
        if (!ok) revert NoThanks();
    }

    function refuse(bool next) external {
        refuses = next;
    }

    function comeBack(address target, bytes calldata payload) external {
        (_target, _payload, gotIn) = (target, payload, false);
    }

    /// @inheritdoc ITokenRecipient
    function onTokens(address, uint256) external {
        if (refuses) revert NoThanks();
        if (_target != address(0)) (gotIn,) = _target.call(_payload);
    }

    /// @notice ERC-1271: signs anything when it does not refuse.
    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        if (refuses) revert NoThanks();
        return this.isValidSignature.selector;
    }
}
