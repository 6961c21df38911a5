// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";

import {ISubWalletFactory} from "../interfaces/ISubWalletFactory.sol";
import {Errors} from "../libraries/Errors.sol";

/// @notice Makes each consumer's sub-wallet: a clone that carries its owner in its code. There is nothing to
/// initialise, so nothing to front-run, and nothing to upgrade.
contract SubWalletFactory is ISubWalletFactory {
    address public immutable IMPLEMENTATION;

    constructor(address implementation) {
        IMPLEMENTATION = implementation;
    }

    /// @inheritdoc ISubWalletFactory
    function create(address owner) external returns (address wallet) {
        if (owner == address(0)) revert Errors.SubWalletFactory_OwnerZero();
        wallet =
            Clones.cloneDeterministicWithImmutableArgs(IMPLEMENTATION, abi.encodePacked(owner), bytes32(0));
        emit SubWalletCreated(owner, wallet);
    }

    /// @inheritdoc ISubWalletFactory
    function walletOf(address owner) public view returns (address wallet) {
        return Clones.predictDeterministicAddressWithImmutableArgs(
            IMPLEMENTATION, abi.encodePacked(owner), bytes32(0)
        );
    }
}
