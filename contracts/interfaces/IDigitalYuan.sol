// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What a sub-wallet needs of a digital yuan beyond ERC-20 and EIP-2612.
interface IDigitalYuan {
    /// @notice ERC-3009, with the signature as bytes so that contracts (ERC-1271) can pay too. Only `to` may call it.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;
}
