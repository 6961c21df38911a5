// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IDisputes} from "../interfaces/IDisputes.sol";
import {IMerchantRegistry} from "../interfaces/IMerchantRegistry.sol";
import {ISubWallet} from "../interfaces/ISubWallet.sol";
import {ITemplateRegistry} from "../interfaces/ITemplateRegistry.sol";
import {Errors} from "../libraries/Errors.sol";
import {Messages} from "../libraries/Messages.sol";
import {FOUND, Status} from "../types/Card.sol";
import {LARGEST_EPOCH, Slot} from "../types/Slot.sol";
import {Terms} from "../types/Terms.sol";
import {Consuming} from "./Consuming.sol";
import {Ending} from "./Ending.sol";
import {Opening} from "./Opening.sol";
import {Transferring} from "./Transferring.sol";
import {Valuation} from "./Valuation.sol";

/// @notice The only place where a consumer's frozen money moves. One clone for each consumer.
///
/// @dev While a card is open, `released + held` is its principal. Templates are asked and bounded; see `IPrepaidTemplate`.
/// No key but the consumer's reaches held money, and nobody's leave is needed to end a card. Its parts, from the ground
/// up: Cards, Valuation, then Opening, Consuming and Ending side by side, and Transferring.
contract SubWallet is Consuming, Transferring {
    using SafeERC20 for IERC20;

    constructor(ITemplateRegistry templates, IMerchantRegistry merchants, IDisputes disputes)
        Valuation(merchants)
        Opening(templates)
        Ending(disputes)
    {}

    /// @inheritdoc ISubWallet
    function bumpEpoch(bytes32 card, uint256 epoch) external nonReentrant {
        _requireOwner();
        _bumpEpoch(card, epoch);
    }

    /// @inheritdoc ISubWallet
    function bumpEpochBySig(bytes32 card, uint256 epoch, uint256 deadline, bytes calldata signature)
        external
        nonReentrant
    {
        _requireInTime(deadline);
        _requireSigned(
            owner(), keccak256(abi.encode(Messages.BUMP_EPOCH_TYPEHASH, card, epoch, deadline)), signature
        );
        _bumpEpoch(card, epoch);
    }

    /// @inheritdoc ISubWallet
    function sweep(address token, Terms[] calldata opened) external nonReentrant returns (uint256 surplus) {
        _requireOwner();
        if (opened.length != _openedCount) {
            revert Errors.SubWallet_CardListIncomplete(opened.length, _openedCount);
        }
        uint256 frozen = 0;
        bytes32 last = 0;
        for (uint256 i = 0; i < opened.length; ++i) {
            bytes32 id = cardId(opened[i]);
            Slot card = _cards[id];
            Status status = card.status();
            if (id <= last || status == Status.None) {
                revert Errors.SubWallet_CardListIncomplete(i, _openedCount);
            }
            last = id;
            if (opened[i].token == token && (status == Status.Open || status == Status.Owing)) {
                frozen += card.held();
            }
        }
        surplus = IERC20(token).balanceOf(address(this)) - frozen;
        emit Swept(token, surplus);
        IERC20(token).safeTransfer(owner(), surplus);
    }

    function _bumpEpoch(bytes32 id, uint256 epoch) private {
        Slot card = _cards[id];
        if (!card.isOpen()) revert Errors.SubWallet_CardNotOpen(id, card.status());
        if (epoch <= card.epoch()) revert Errors.SubWallet_EpochNotGrowing(card.epoch(), epoch);
        if (epoch > LARGEST_EPOCH) revert Errors.SubWallet_NumberTooLarge(epoch);
        _cards[id] = card.withMarks(card.marks() & ~FOUND, epoch);
        emit EpochBumped(id, epoch);
    }
}
