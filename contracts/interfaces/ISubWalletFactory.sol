// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice One sub-wallet for each consumer, at an address known before it exists.
interface ISubWalletFactory {
    event SubWalletCreated(address indexed owner, address wallet);

    /// @notice Create the consumer's sub-wallet; anyone may, once. Ask first whether there is code at `walletOf`: a second
    /// creation fails with `FailedDeployment`.
    function create(address owner) external returns (address wallet);

    /// @notice Where the consumer's sub-wallet is or will be. Only addresses that this derives are to be believed.
    function walletOf(address owner) external view returns (address wallet);
}
