// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {ISubWallet} from "../interfaces/ISubWallet.sol";
import {CardSlot} from "../libraries/CardSlot.sol";
import {Errors} from "../libraries/Errors.sol";
import {Messages} from "../libraries/Messages.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {Card, FOUND, Status} from "../types/Card.sol";
import {Terms} from "../types/Terms.sol";

/// @notice Part of `SubWallet`: whose it is, its cards, and what must hold before anything is done with one of them.
abstract contract Cards is ISubWallet, ReentrancyGuardTransient {
    using CardSlot for mapping(bytes32 => uint256);

    // Behind the 45 bytes of the clone's code.
    uint256 private constant OWNER_OFFSET = 0x2d;

    // Ids keep the chain id they were made under, so that cards stay reachable if the chain's id ever changes.
    uint256 private immutable CHAIN = block.chainid;

    mapping(bytes32 => uint256) internal _cards;
    mapping(bytes32 => uint256) internal _epochBeforeFindings; // means nothing unless the card is marked `FOUND`
    uint256 internal _openedCount;

    /// @inheritdoc ISubWallet
    function openedCount() external view returns (uint256) {
        return _openedCount;
    }

    /// @inheritdoc ISubWallet
    function cardOf(bytes32 card) external view returns (Card memory) {
        return _cards.load(card);
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

    function _requireOwner() internal view {
        if (msg.sender != owner()) revert Errors.SubWallet_NotConsumer(msg.sender, owner());
    }

    function _requireOpen(Terms calldata terms) internal view returns (bytes32 id, Card memory card) {
        id = cardId(terms);
        card = _cards.load(id);
        if (card.status != Status.Open) revert Errors.SubWallet_CardNotOpen(id, card.status);
    }

    function _requireFresh(bytes32 id, Card memory card, uint256 deadline, uint256 epoch) internal view {
        _requireInTime(deadline);
        if (epoch != card.epoch) revert Errors.SubWallet_EpochVoided(id, epoch, card.epoch);
    }

    function _requireInTime(uint256 deadline) internal view {
        if (block.timestamp > deadline) revert Errors.SubWallet_DeadlinePassed(deadline, block.timestamp);
    }

    function _requireSigned(address signer, bytes32 structHash, bytes calldata signature) internal view {
        _requireSignedIn(Messages.domain(block.chainid, address(this)), signer, structHash, signature);
    }

    /// @dev The consumer's word to end a card outlives findings, so that nobody can void it by finding something: it may
    /// name any epoch since the consumer's own last bump.
    ///
    /// @param message the encoded struct, whose last word is the epoch
    function _requireLeaving(bytes32 id, Card memory card, bytes memory message, bytes calldata signature)
        internal
        view
    {
        uint256 oldest = card.marks & FOUND == 0 ? card.epoch : _epochBeforeFindings[id];
        bytes32 separator = Messages.domain(block.chainid, address(this));
        for (uint256 epoch = card.epoch; epoch > oldest; --epoch) {
            bytes32 digest = Messages.digest(separator, Messages.hashWithLast(message, epoch));
            if (Signatures.isValid(owner(), digest, signature)) return;
        }
        _requireSignedIn(separator, owner(), Messages.hashWithLast(message, oldest), signature);
    }

    function _requireSignedIn(bytes32 separator, address signer, bytes32 structHash, bytes calldata signature)
        internal
        view
    {
        bytes32 digest = Messages.digest(separator, structHash);
        if (!Signatures.isValid(signer, digest, signature)) {
            revert Errors.SubWallet_SignatureInvalid(signer, digest);
        }
    }
}
