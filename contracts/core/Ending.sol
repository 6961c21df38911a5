// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IDisputes} from "../interfaces/IDisputes.sol";
import {ISubWallet} from "../interfaces/ISubWallet.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {Errors} from "../libraries/Errors.sol";
import {Messages} from "../libraries/Messages.sol";
import {FOUND, NOT_CONSUMER, Status} from "../types/Card.sol";
import {LARGEST_EPOCH, Slot} from "../types/Slot.sol";
import {Terms} from "../types/Terms.sol";
import {Cause} from "../types/Usage.sol";
import {Valuation} from "./Valuation.sol";

/// @notice Part of `SubWallet`: how a card ends, what was found about its end, and what is left afterwards. The refund
/// goes home at once; the merchant's share and a shortfall wait.
abstract contract Ending is Valuation {
    using SafeERC20 for IERC20;

    IDisputes internal immutable DISPUTES;

    constructor(IDisputes disputes) {
        DISPUTES = disputes;
    }

    /// @inheritdoc ISubWallet
    function terminate(Terms calldata terms, uint256 minRefund)
        external
        nonReentrant
        returns (uint256 refund)
    {
        address consumer = _requireOwner();
        (bytes32 id, Slot card) = _requireOpen(terms);
        refund = _close(terms, id, card, minRefund, consumer);
    }

    /// @inheritdoc ISubWallet
    function terminateBySig(
        Terms calldata terms,
        uint256 minRefund,
        uint256 deadline,
        bytes calldata signature
    ) external nonReentrant returns (uint256 refund) {
        (bytes32 id, Slot card) = _requireOpen(terms);
        _requireInTime(deadline);
        bytes memory message = abi.encode(Messages.TERMINATE_TYPEHASH, id, minRefund, deadline, card.epoch());
        address consumer = _requireLeaving(id, card, message, signature);
        refund = _close(terms, id, card, minRefund, consumer);
    }

    /// @inheritdoc ISubWallet
    function settle(Terms calldata terms) external nonReentrant {
        (bytes32 id, Slot card) = _requireOpen(terms);
        (bool known, bool stopped, uint256 asOf) = _performedUntil(terms, card);

        bool expired = _isExpired(terms, Calendar.daysBetween(card.openedAt(), block.timestamp));
        if (expired || (stopped && terms.refundOnClosure())) {
            _close(terms, id, card, 0, owner()); // nobody signed for a least refund
            return;
        }
        // Time alone releases nothing while nobody can say whether the merchant still performs.
        if (!known) revert Errors.SubWallet_NothingDue(id);
        _accrue(terms, id, card, asOf);
    }

    /// @inheritdoc ISubWallet
    function applyFinding(Terms calldata terms) external nonReentrant {
        (bytes32 id, Slot card) = _requireOpen(terms);
        (bool notConsumer, uint256 listedAtMost, uint256 epoch, uint256 at) =
            DISPUTES.findingOf(address(this), id);

        // Check: not what is known already. Totals may have been counted anew since the epoch of the finding; a cause that
        // was not the consumer's stays so whatever the consumer has bumped since.
        (uint256 marks, uint256 listed, uint256 now_) = (card.marks(), card.listed(), card.epoch());
        bool lowers = epoch == now_ && listedAtMost < listed;
        bool clears = notConsumer && marks & NOT_CONSUMER == 0;
        if (at == 0 || !(lowers || clears)) revert Errors.SubWallet_NoFinding(id, now_);

        // Effect: only ever for the consumer. What was signed for use before must not undo it; where the epochs are used
        // up, by the consumer's own bumps, the finding counts all the same.
        if (marks & FOUND == 0) _epochBeforeFindings[id] = now_;
        marks |= notConsumer ? FOUND | NOT_CONSUMER : FOUND;
        if (lowers) listed = listedAtMost;
        if (now_ != LARGEST_EPOCH) ++now_;
        _cards[id] = card.withTotals(card.used(), listed).withMarks(marks, now_);
        emit FindingApplied(id, marks & NOT_CONSUMER != 0, listed, now_);
    }

    /// @inheritdoc ISubWallet
    function collect(Terms calldata terms) external nonReentrant returns (uint256 amount) {
        amount = _collect(terms, terms.recipient());
    }

    /// @inheritdoc ISubWallet
    function collectTo(Terms calldata terms, address to, uint256 deadline, bytes calldata signature)
        external
        nonReentrant
        returns (uint256 amount)
    {
        if (msg.sender != terms.recipient()) {
            _requireInTime(deadline);
            bytes32 message = keccak256(abi.encode(Messages.REDIRECT_TYPEHASH, cardId(terms), to, deadline));
            _requireSigned(terms.recipient(), message, signature);
        }
        amount = _collect(terms, to);
    }

    /// @inheritdoc ISubWallet
    function payShortfall(Terms calldata terms, uint256 amount) external nonReentrant returns (uint256 left) {
        bytes32 id = cardId(terms);
        Slot card = _cards[id];
        if (card.status() != Status.Short) revert Errors.SubWallet_NoShortfall(id, card.status());
        uint256 missing = card.held();
        if (amount == 0 || amount > missing) revert Errors.SubWallet_PaymentUnfit(amount, missing);

        left = missing - amount;
        _cards[id] = card.ended(left == 0 ? Status.Closed : Status.Short, left);
        emit ShortfallPaid(id, msg.sender, amount, left);

        // Interaction: from the payer's pocket to the consumer's, never through this wallet.
        IERC20(terms.token).safeTransferFrom(msg.sender, owner(), amount);
    }

    function _accrue(Terms calldata terms, bytes32 id, Slot card, uint256 asOf) private {
        uint256 most = _accrued(terms, Calendar.daysBetween(card.openedAt(), asOf));
        if (most == 0) revert Errors.SubWallet_NothingDue(id);
        (Slot after_, uint256 paid) = _releaseAt(terms, card, asOf, most);
        if (paid == 0) revert Errors.SubWallet_NothingDue(id);
        _cards[id] = after_;
        emit Accrued(id, paid, after_.released());
        IERC20(terms.token).safeTransfer(terms.recipient(), paid);
    }

    function _close(Terms calldata terms, bytes32 id, Slot card, uint256 minRefund, address consumer)
        private
        returns (uint256 refund)
    {
        refund = _end(terms, id, card, minRefund);

        // Interaction: the consumer's money goes home. Nobody else is paid here, so nobody else can stop it.
        if (refund != 0) IERC20(terms.token).safeTransfer(consumer, refund);
    }

    /// @dev Value the card and write its end down. What is left in it is the merchant's, to be collected, or the
    /// shortfall; `refund` leaves it, and the caller says where to.
    function _end(Terms calldata terms, bytes32 id, Slot card, uint256 minRefund)
        internal
        returns (uint256 refund)
    {
        (uint256 owed, Cause cause) = _quote(terms, card);
        uint256 held = card.held();
        refund = owed < held ? owed : held;
        if (refund < minRefund) revert Errors.SubWallet_RefundTooLow(refund, minRefund);

        // One of the two is zero.
        uint256 shortfall = owed - refund;
        uint256 toCollect = held - refund;
        Status status = shortfall != 0 ? Status.Short : toCollect != 0 ? Status.Owing : Status.Closed;
        _cards[id] = card.ended(status, shortfall + toCollect);
        emit Closed(id, cause, refund, toCollect, shortfall);
    }

    function _collect(Terms calldata terms, address to) private returns (uint256 amount) {
        bytes32 id = cardId(terms);
        Slot card = _cards[id];
        if (card.status() != Status.Owing) revert Errors.SubWallet_NothingToCollect(id, card.status());
        amount = card.held();
        _cards[id] = card.ended(Status.Closed, 0);
        emit Collected(id, to, amount);
        IERC20(terms.token).safeTransfer(to, amount);
    }
}
