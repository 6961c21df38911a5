// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";

import {IDigitalYuan} from "../interfaces/IDigitalYuan.sol";
import {Errors} from "../libraries/Errors.sol";
import {Signatures} from "../libraries/Signatures.sol";

/// @notice A test chain's digital yuan: ERC-20 with two decimals (one unit is one fen), EIP-2612 and ERC-3009.
///
/// @dev Stands in for the e-CNY so that rules can be tried; it is not money. Nobody can freeze or take back units.
contract DigitalYuan is ERC20, ERC20Permit, ERC3009, IDigitalYuan {
    address public immutable ISSUER;

    constructor(address issuer) ERC20("Digital Yuan", "eCNY") ERC20Permit("Digital Yuan") {
        ISSUER = issuer;
    }

    /// @notice Put fen into circulation.
    function mint(address to, uint256 fen) external {
        if (msg.sender != ISSUER) revert Errors.DigitalYuan_NotIssuer(msg.sender);
        _mint(to, fen);
    }

    /// @inheritdoc IDigitalYuan
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(
            abi.encode(RECEIVE_WITH_AUTHORIZATION_TYPEHASH, from, to, value, validAfter, validBefore, nonce)
        );
        if (!Signatures.isValid(from, _hashTypedDataV4(structHash), signature)) {
            revert ERC3009InvalidSignature();
        }
        if (to != msg.sender) revert ERC20InvalidReceiver(to);
        _transferWithAuthorization(from, to, value, validAfter, validBefore, nonce);
    }

    /// @notice One unit is one fen.
    function decimals() public pure override returns (uint8) {
        return 2;
    }
}
