// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {ISubWallet} from "../interfaces/ISubWallet.sol";
import {Errors} from "../libraries/Errors.sol";
import {Messages} from "../libraries/Messages.sol";
import {Pledge} from "../types/Cover.sol";
import {Slot} from "../types/Slot.sol";
import {Terms} from "../types/Terms.sol";
import {Ending} from "./Ending.sol";
import {Opening} from "./Opening.sol";

/// @notice Part of `SubWallet`: from one card into another of the same consumer, with the consumer's consent. Ends the
/// one and opens the other; only the difference leaves the wallet or comes in.
abstract contract Transferring is Opening, Ending {
    using SafeERC20 for IERC20;

    /// @inheritdoc ISubWallet
    function transferCard(Terms calldata from, Terms calldata to, Pledge[] calldata cover, uint256 minMoved)
        external
        nonReentrant
        returns (bytes32 newCard)
    {
        _requireOwner();
        (bytes32 id, Slot card) = _requireOpen(from);
        newCard = cardId(to);
        _move(from, id, card, to, newCard, cover, minMoved);
    }

    /// @inheritdoc ISubWallet
    function transferCardBySig(
        Terms calldata from,
        Terms calldata to,
        Pledge[] calldata cover,
        uint256 minMoved,
        uint256 deadline,
        bytes calldata signature
    ) external nonReentrant returns (bytes32 newCard) {
        (bytes32 id, Slot card) = _requireOpen(from);
        newCard = cardId(to);
        _requireInTime(deadline);
        bytes memory message =
            abi.encode(Messages.TRANSFER_TYPEHASH, id, newCard, minMoved, deadline, card.epoch());
        _requireLeaving(id, card, message, signature);
        _move(from, id, card, to, newCard, cover, minMoved);
    }

    function _move(
        Terms calldata from,
        bytes32 id,
        Slot card,
        Terms calldata to,
        bytes32 newCard,
        Pledge[] calldata cover,
        uint256 minMoved
    ) private {
        // Check: the same money; a cover that stands as the new terms name it, or none on either side.
        if (from.token != to.token) {
            revert Errors.SubWallet_TermsInvalid("token", uint160(to.token));
        }
        if (cover.length != 0 || to.cover != 0) _requireCover(to, cover);

        // Effect: the one ends as by any exit, the other opens.
        uint256 refund = _end(from, id, card, minMoved);
        _admit(to, newCard);
        _settleDifference(to, id, newCard, refund);

        _askGuarantors(to, newCard, cover);
        _advance(to, newCard);
    }

    /// @dev Interaction: what the new card lacks comes from the consumer, what it does not take goes there.
    function _settleDifference(Terms calldata to, bytes32 id, bytes32 newCard, uint256 refund) private {
        uint256 principal = to.principal();
        uint256 moved = Math.min(refund, principal);
        emit Transferred(id, newCard, moved, principal - moved, refund - moved);
        if (principal > moved) _pull(to, owner(), principal - moved);
        if (refund > moved) IERC20(to.token).safeTransfer(owner(), refund - moved);
    }
}
