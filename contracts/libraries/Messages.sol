// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Consumption} from "../interfaces/ISubWallet.sol";
import {Terms} from "../types/Terms.sol";

/// @notice EIP-712 messages of a sub-wallet: type hashes, struct hashes and digests.
///
/// @dev Structs are flat and hold no arrays, since wallets disagree on hashing those. The verifying contract is the
/// consumer's own sub-wallet, so no message can serve another consumer, another wallet of the same key, or another
/// chain.
library Messages {
    bytes32 internal constant NAME_HASH = keccak256("Prepaid SubWallet");
    bytes32 internal constant VERSION_HASH = keccak256("1");

    bytes32 internal constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    bytes32 internal constant PURCHASE_TYPEHASH = keccak256(
        "Purchase(address token,address merchant,address payee,address certifier,address template,bytes32 form,bytes32 cover,uint256 amounts,uint256 policy,uint256 params0,uint256 params1,uint256 order)"
    );

    bytes32 internal constant CONSUME_TYPEHASH = keccak256(
        "Consume(bytes32 card,uint256 usedAfter,uint256 listedAfter,uint256 maxPay,bytes32 charge,uint256 deadline,uint256 epoch)"
    );

    bytes32 internal constant VOUCHER_TYPEHASH = keccak256(
        "Voucher(bytes32 card,uint256 usedAfter,uint256 listedAfter,uint256 maxReleased,uint256 deadline,uint256 epoch)"
    );

    bytes32 internal constant TERMINATE_TYPEHASH =
        keccak256("Terminate(bytes32 card,uint256 minRefund,uint256 deadline,uint256 epoch)");

    bytes32 internal constant BUMP_EPOCH_TYPEHASH =
        keccak256("BumpEpoch(bytes32 card,uint256 epoch,uint256 deadline)");

    bytes32 internal constant REDIRECT_TYPEHASH =
        keccak256("Redirect(bytes32 card,address to,uint256 deadline)");

    bytes32 internal constant CERTIFICATE_TYPEHASH = keccak256(
        "Certificate(bytes32 card,uint256 usedAfter,uint256 listedAfter,bytes32 evidence,uint256 deadline,uint256 epoch)"
    );

    bytes32 internal constant TRANSFER_TYPEHASH =
        keccak256("Transfer(bytes32 card,bytes32 newCard,uint256 minMoved,uint256 deadline,uint256 epoch)");

    bytes32 internal constant PAYMENT_TYPEHASH = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );

    /// @notice EIP-712 domain separator of `wallet` on chain `chainId`.
    function domain(uint256 chainId, address wallet) internal pure returns (bytes32 result) {
        (bytes32 typehash, bytes32 name, bytes32 version) = (DOMAIN_TYPEHASH, NAME_HASH, VERSION_HASH);
        // A clone cannot keep its separator in its own code, so every call makes it anew; this saves 300 gas each.
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typehash)
            mstore(add(free, 0x20), name)
            mstore(add(free, 0x40), version)
            mstore(add(free, 0x60), chainId)
            mstore(add(free, 0x80), wallet)
            result := keccak256(free, 0xa0)
        }
    }

    /// @notice Digest that is signed for a struct hash.
    function digest(bytes32 separator, bytes32 structHash) internal pure returns (bytes32 result) {
        // Scratch space and the free pointer's word are restored; saves building a `bytes` in every consumption.
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(0x00, hex"1901")
            mstore(0x02, separator)
            mstore(0x22, structHash)
            result := keccak256(0x00, 0x42)
            mstore(0x40, free)
        }
    }

    /// @notice Struct hash of a purchase: the type hash and the twelve words as they stand in calldata.
    function hashTerms(Terms calldata terms) internal pure returns (bytes32 result) {
        bytes32 typehash = PURCHASE_TYPEHASH;
        // A field-by-field encoding of twelve words costs about 700 gas more in every call.
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typehash)
            calldatacopy(add(free, 0x20), terms, 0x180)
            result := keccak256(free, 0x1a0)
        }
    }

    /// @notice Struct hash of a consumption of `card`: type hash, card and the six words as they stand in calldata.
    function hashConsumption(bytes32 card, Consumption calldata consumption)
        internal
        pure
        returns (bytes32 result)
    {
        bytes32 typehash = CONSUME_TYPEHASH;
        // As above: 500 gas in every consumption.
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typehash)
            mstore(add(free, 0x20), card)
            calldatacopy(add(free, 0x40), consumption, 0xc0)
            result := keccak256(free, 0x100)
        }
    }

    /// @notice Struct hash of an encoded message whose last word becomes `last`.
    function hashWithLast(bytes memory message, uint256 last) internal pure returns (bytes32) {
        assembly ("memory-safe") {
            mstore(add(message, mload(message)), last)
        }
        return keccak256(message);
    }

    /// @notice Struct hash of the ERC-3009 payment that opens a card: its nonce is the card's id.
    function hashPayment(address from, address to, uint256 value, uint256 validBefore, bytes32 nonce)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(PAYMENT_TYPEHASH, from, to, value, 0, validBefore, nonce));
    }
}
