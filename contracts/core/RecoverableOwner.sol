// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {Errors} from "../libraries/Errors.sol";
import {Signatures} from "../libraries/Signatures.sol";

/// @notice A consumer that survives a lost key: an ERC-1271 account with one key and one guardian.
///
/// @dev The guardian can only propose a new key; it takes effect after `DELAY`, and the key in force can refuse until
/// then. The guardian can sign nothing and move nothing. Signatures bind the account's address because every message
/// of a sub-wallet names that wallet, and a sub-wallet has one owner.
contract RecoverableOwner is IERC1271 {
    event KeyChanged(address indexed key);
    event RecoveryProposed(address indexed key, uint256 readyAt);
    event RecoveryRefused(address indexed key);

    uint256 public constant DELAY = 3 days;

    address public immutable GUARDIAN;

    address public key;
    address public proposed;
    uint256 public readyAt; // unix time; 0 when no recovery is under way

    constructor(address firstKey, address guardian) {
        key = firstKey;
        GUARDIAN = guardian;
    }

    /// @notice Do something as this account, say approve or pass on what was refunded.
    function execute(address target, bytes calldata data) external returns (bytes memory) {
        _requireKey();
        return Address.functionCall(target, data);
    }

    /// @notice Hand over to a new key at once.
    function changeKey(address next) external {
        _requireKey();
        key = next;
        readyAt = 0;
        emit KeyChanged(next);
    }

    /// @notice Guardian: the key is lost, this one shall follow.
    function proposeRecovery(address next) external {
        if (msg.sender != GUARDIAN) revert Errors.RecoverableOwner_NotGuardian(msg.sender);
        proposed = next;
        readyAt = block.timestamp + DELAY;
        emit RecoveryProposed(next, readyAt);
    }

    /// @notice The key is not lost: refuse.
    function refuseRecovery() external {
        _requireKey();
        readyAt = 0;
        emit RecoveryRefused(proposed);
    }

    /// @notice After the delay, anyone: let the proposed key follow.
    function completeRecovery() external {
        if (readyAt == 0 || block.timestamp < readyAt) revert Errors.RecoverableOwner_NotReady(readyAt);
        key = proposed;
        readyAt = 0;
        emit KeyChanged(key);
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        return
            Signatures.isValid(key, digest, signature)
                ? IERC1271.isValidSignature.selector
                : bytes4(0xffffffff);
    }

    function _requireKey() private view {
        if (msg.sender != key) revert Errors.RecoverableOwner_NotKey(msg.sender);
    }
}
