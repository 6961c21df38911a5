// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

import {ITemplateRegistry} from "../interfaces/ITemplateRegistry.sol";
import {Errors} from "../libraries/Errors.sol";
import {PureCode} from "../libraries/PureCode.sol";
import {TemplateShell} from "./TemplateShell.sol";

/// @notice Admits pure templates; see `ITemplateRegistry` and `PureCode`.
contract TemplateRegistry is ITemplateRegistry {
    bytes32 private immutable SHELL_HASH = keccak256(type(TemplateShell).creationCode);

    address private transient _pending;

    /// @inheritdoc ITemplateRegistry
    function register(address source) external returns (address template) {
        bytes memory code = source.code;
        if (code.length == 0) revert Errors.TemplateRegistry_NoCode(source);
        bytes32 codeHash = keccak256(code);
        template = addressOf(codeHash);
        if (template.code.length != 0) return template;

        PureCode.requirePure(code);
        _pending = source;
        new TemplateShell{salt: codeHash}();
        _pending = address(0);
        emit TemplateAdmitted(template, source, codeHash);
    }

    /// @inheritdoc ITemplateRegistry
    function pendingCode() external view returns (bytes memory) {
        if (_pending == address(0)) revert Errors.TemplateRegistry_NothingPending();
        return _pending.code;
    }

    /// @inheritdoc ITemplateRegistry
    function addressOf(bytes32 codeHash) public view returns (address template) {
        return Create2.computeAddress(codeHash, SHELL_HASH);
    }

    /// @inheritdoc ITemplateRegistry
    function shellHash() external view returns (bytes32) {
        return SHELL_HASH;
    }

    /// @inheritdoc ITemplateRegistry
    function isAdmitted(address template) external view returns (bool) {
        return template.code.length != 0 && addressOf(template.codehash) == template;
    }
}
