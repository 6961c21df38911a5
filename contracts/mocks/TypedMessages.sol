// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Consumption} from "../interfaces/ISubWallet.sol";
import {Messages} from "../libraries/Messages.sol";
import {Terms} from "../types/Terms.sol";

// The messages once more, as structs of their EIP-712 names, so that another tool can derive type strings from them.

struct Purchase {
    address token;
    address merchant;
    address payee;
    address certifier;
    address template;
    bytes32 form;
    bytes32 cover;
    uint256 amounts;
    uint256 policy;
    uint256 params0;
    uint256 params1;
    uint256 order;
}

struct Consume {
    bytes32 card;
    uint256 usedAfter;
    uint256 listedAfter;
    uint256 maxPay;
    bytes32 charge;
    uint256 deadline;
    uint256 epoch;
}

struct Voucher {
    bytes32 card;
    uint256 usedAfter;
    uint256 listedAfter;
    uint256 maxReleased;
    uint256 deadline;
    uint256 epoch;
}

struct Terminate {
    bytes32 card;
    uint256 minRefund;
    uint256 deadline;
    uint256 epoch;
}

struct BumpEpoch {
    bytes32 card;
    uint256 epoch;
    uint256 deadline;
}

struct Redirect {
    bytes32 card;
    address to;
    uint256 deadline;
}

struct Certificate {
    bytes32 card;
    uint256 usedAfter;
    uint256 listedAfter;
    bytes32 evidence;
    uint256 deadline;
    uint256 epoch;
}

struct Transfer {
    bytes32 card;
    bytes32 newCard;
    uint256 minMoved;
    uint256 deadline;
    uint256 epoch;
}

/// @notice Shows what the sub-wallet hashes, so that tests can compare it with independent implementations. Tests only.
contract TypedMessages {
    function typeHashes() external pure returns (bytes32[9] memory) {
        return [
            Messages.PURCHASE_TYPEHASH,
            Messages.CONSUME_TYPEHASH,
            Messages.VOUCHER_TYPEHASH,
            Messages.TERMINATE_TYPEHASH,
            Messages.BUMP_EPOCH_TYPEHASH,
            Messages.REDIRECT_TYPEHASH,
            Messages.CERTIFICATE_TYPEHASH,
            Messages.TRANSFER_TYPEHASH,
            Messages.PAYMENT_TYPEHASH
        ];
    }

    function domain(uint256 chainId, address wallet) external pure returns (bytes32) {
        return Messages.domain(chainId, wallet);
    }

    function digest(bytes32 separator, bytes32 structHash) external pure returns (bytes32) {
        return Messages.digest(separator, structHash);
    }

    function hashTerms(Terms calldata terms) external pure returns (bytes32) {
        return Messages.hashTerms(terms);
    }

    function hashConsumption(bytes32 card, Consumption calldata consumption) external pure returns (bytes32) {
        return Messages.hashConsumption(card, consumption);
    }
}
