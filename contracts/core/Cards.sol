// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {ISubWallet} from "../interfaces/ISubWallet.sol";
import {Errors} from "../libraries/Errors.sol";
import {Messages} from "../libraries/Messages.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {Card, FOUND} from "../types/Card.sol";
import {Slot} from "../types/Slot.sol";
import {Terms} from "../types/Terms.sol";

/// @notice Part of `SubWallet`: whose it is, its cards, and what must hold before anything is done with one of them.
abstract contract Cards is ISubWallet, ReentrancyGuardTransient {
    // Behind the 45 bytes of the clone's code.
    uint256 private constant OWNER_OFFSET = 0x2d;

    /// @dev Whose signature, under which EIP-712 domain.
    struct Signer {
        address account;
        bytes32 separator;
    }

    // Ids keep the chain id they were made under, so that cards stay reachable if the chain's id ever changes.
    uint256 private immutable CHAIN = block.chainid;

    mapping(bytes32 => Slot) internal _cards;
    mapping(bytes32 => uint256) internal _epochBeforeFindings; // means nothing unless the card is marked `FOUND`
    uint256 internal _openedCount;

    /// @inheritdoc ISubWallet
    function openedCount() external view returns (uint256) {
        return _openedCount;
    }

    /// @inheritdoc ISubWallet
    function cardOf(bytes32 card) external view returns (Card memory) {
        return _cards[card].unpacked();
    }

    /// @inheritdoc ISubWallet
    function owner() public view returns (address consumer) {
        // The twenty bytes behind the clone's code, as the factory laid them down.
        assembly ("memory-safe") {
            extcodecopy(address(), 0x00, OWNER_OFFSET, 0x20)
            consumer := shr(96, mload(0x00))
        }
    }

    /// @inheritdoc ISubWallet
    function cardId(Terms calldata terms) public view returns (bytes32) {
        return Messages.digest(Messages.domain(CHAIN, address(this)), Messages.hashTerms(terms));
    }

    /// @dev EIP-712 domain separator for whatever is signed now.
    function _separator() internal view returns (bytes32) {
        return Messages.domain(block.chainid, address(this));
    }

    function _requireOwner() internal view returns (address consumer) {
        consumer = owner();
        if (msg.sender != consumer) revert Errors.SubWallet_NotConsumer(msg.sender, consumer);
    }

    function _requireOpen(Terms calldata terms) internal view returns (bytes32 id, Slot card) {
        id = cardId(terms);
        card = _cards[id];
        if (!card.isOpen()) revert Errors.SubWallet_CardNotOpen(id, card.status());
    }

    /// @dev The same for those who read the consumer's signatures next: the separator is made once for both.
    function _requireOpenToSign(Terms calldata terms)
        internal
        view
        returns (bytes32 id, Slot card, Signer memory consumer)
    {
        bytes32 separator = Messages.domain(CHAIN, address(this));
        id = Messages.digest(separator, Messages.hashTerms(terms));
        card = _cards[id];
        if (!card.isOpen()) revert Errors.SubWallet_CardNotOpen(id, card.status());
        consumer.account = owner();
        consumer.separator = block.chainid == CHAIN ? separator : _separator();
    }

    function _requireFresh(bytes32 id, Slot card, uint256 deadline, uint256 epoch) internal view {
        _requireInTime(deadline);
        if (epoch != card.epoch()) revert Errors.SubWallet_EpochVoided(id, epoch, card.epoch());
    }

    function _requireInTime(uint256 deadline) internal view {
        if (block.timestamp > deadline) revert Errors.SubWallet_DeadlinePassed(deadline, block.timestamp);
    }

    function _requireSigned(address signer, bytes32 structHash, bytes calldata signature) internal view {
        _requireSignedUnder(_separator(), signer, structHash, signature);
    }

    /// @dev The consumer's word to end a card outlives findings, so that nobody can void it by finding something: it may
    /// name any epoch since the consumer's own last bump, newest first, about 5,000 gas each. A merchant that gives way fen
    /// by fen makes an old word dearer, never a new one and never the consumer's own call.
    ///
    /// @param message the encoded struct, whose last word is the epoch
    function _requireLeaving(bytes32 id, Slot card, bytes memory message, bytes calldata signature)
        internal
        view
        returns (address consumer)
    {
        consumer = owner();
        bytes32 separator = _separator();
        uint256 oldest = card.marks() & FOUND == 0 ? card.epoch() : _epochBeforeFindings[id];
        for (uint256 epoch = card.epoch(); epoch > oldest; --epoch) {
            bytes32 digest = Messages.digest(separator, Messages.hashWithLast(message, epoch));
            if (Signatures.isValid(consumer, digest, signature)) return consumer;
        }
        _requireSignedUnder(separator, consumer, Messages.hashWithLast(message, oldest), signature);
    }

    function _requireSignedUnder(
        bytes32 separator,
        address signer,
        bytes32 structHash,
        bytes calldata signature
    ) internal view {
        bytes32 digest = Messages.digest(separator, structHash);
        if (!Signatures.isValid(signer, digest, signature)) {
            revert Errors.SubWallet_SignatureInvalid(signer, digest);
        }
    }
}
