// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IDisputes} from "../interfaces/IDisputes.sol";
import {ISubWallet} from "../interfaces/ISubWallet.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {CardSlot} from "../libraries/CardSlot.sol";
import {Errors} from "../libraries/Errors.sol";
import {Messages} from "../libraries/Messages.sol";
import {Card, FOUND, NOT_CONSUMER, Status} from "../types/Card.sol";
import {Terms} from "../types/Terms.sol";
import {Cause} from "../types/Usage.sol";
import {Valuation} from "./Valuation.sol";

/// @notice Part of `SubWallet`: how a card ends, what was found about its end, and what is left afterwards. The refund
/// goes home at once; the merchant's share and a shortfall wait.
abstract contract Ending is Valuation {
    using SafeERC20 for IERC20;
    using CardSlot for mapping(bytes32 => uint256);

    uint256 private constant EXPIRY_EXTENDS = 0;

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
        _requireOwner();
        (bytes32 id, Card memory card) = _requireOpen(terms);
        refund = _close(terms, id, card, minRefund);
    }

    /// @inheritdoc ISubWallet
    function terminateBySig(
        Terms calldata terms,
        uint256 minRefund,
        uint256 deadline,
        bytes calldata signature
    ) external nonReentrant returns (uint256 refund) {
        (bytes32 id, Card memory card) = _requireOpen(terms);
        _requireInTime(deadline);
        bytes memory message = abi.encode(Messages.TERMINATE_TYPEHASH, id, minRefund, deadline, card.epoch);
        _requireLeaving(id, card, message, signature);
        refund = _close(terms, id, card, minRefund);
    }

    /// @inheritdoc ISubWallet
    function settle(Terms calldata terms) external nonReentrant {
        (bytes32 id, Card memory card) = _requireOpen(terms);
        (bool known, bool stopped, uint256 asOf) = _performedUntil(terms, card);

        bool expired = _isExpired(terms, Calendar.daysBetween(card.openedAt, block.timestamp));
        if ((expired && terms.expiryPolicy() != EXPIRY_EXTENDS) || (stopped && terms.refundOnClosure())) {
            _close(terms, id, card, 0); // nobody signed for a least refund
            return;
        }
        // Time alone releases nothing while nobody can say whether the merchant still performs.
        if (!known) revert Errors.SubWallet_NothingDue(id);
        _accrue(terms, id, card, asOf);
    }

    /// @inheritdoc ISubWallet
    function applyFinding(Terms calldata terms) external nonReentrant {
        (bytes32 id, Card memory card) = _requireOpen(terms);
        (bool notConsumer, uint256 listedAtMost, uint256 epoch, uint256 at) =
            DISPUTES.findingOf(address(this), id);

        // Check: said about this card as it stands, and not what is known already.
        bool isNew = (notConsumer && card.marks & NOT_CONSUMER == 0) || listedAtMost < card.listed;
        if (at == 0 || epoch != card.epoch || !isNew) revert Errors.SubWallet_NoFinding(id, card.epoch);

        // Effect: only ever for the consumer. What was signed for use before must not undo it.
        if (card.marks & FOUND == 0) {
            card.marks |= FOUND;
            _epochBeforeFindings[id] = card.epoch;
        }
        if (notConsumer) card.marks |= NOT_CONSUMER;
        if (listedAtMost < card.listed) card.listed = uint48(listedAtMost);
        // Where the epochs are used up, by the consumer's own bumps, the finding counts all the same.
        if (card.epoch != type(uint16).max) card.epoch += 1;
        _cards.store(id, card);
        emit FindingApplied(id, card.marks & NOT_CONSUMER != 0, card.listed, card.epoch);
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
        Card memory card = _cards.load(id);
        if (card.status != Status.Short) revert Errors.SubWallet_NoShortfall(id, card.status);
        if (amount == 0 || amount > card.held) revert Errors.SubWallet_PaymentUnfit(amount, card.held);

        left = card.held - amount;
        card.held = uint48(left);
        if (left == 0) card.status = Status.Closed;
        _cards.store(id, card);
        emit ShortfallPaid(id, msg.sender, amount, left);

        // Interaction: from the payer's pocket to the consumer's, never through this wallet.
        IERC20(terms.token).safeTransferFrom(msg.sender, owner(), amount);
    }

    function _accrue(Terms calldata terms, bytes32 id, Card memory card, uint256 asOf) private {
        uint256 most = _accrued(terms, Calendar.daysBetween(card.openedAt, asOf));
        uint256 paid = most == 0 ? 0 : _release(terms, card, asOf, most);
        if (paid == 0) revert Errors.SubWallet_NothingDue(id);
        _cards.store(id, card);
        emit Accrued(id, paid, card.released);
        IERC20(terms.token).safeTransfer(terms.recipient(), paid);
    }

    function _close(Terms calldata terms, bytes32 id, Card memory card, uint256 minRefund)
        private
        returns (uint256 refund)
    {
        refund = _end(terms, id, card, minRefund);

        // Interaction: the consumer's money goes home. Nobody else is paid here, so nobody else can stop it.
        if (refund != 0) IERC20(terms.token).safeTransfer(owner(), refund);
    }

    /// @dev Value the card and write its end down. What is left in it is the merchant's, to be collected, or the
    /// shortfall; `refund` leaves it, and the caller says where to.
    function _end(Terms calldata terms, bytes32 id, Card memory card, uint256 minRefund)
        internal
        returns (uint256 refund)
    {
        (uint256 owed, Cause cause) = _quote(terms, card);
        uint256 held = card.held;
        refund = owed < held ? owed : held;
        if (refund < minRefund) revert Errors.SubWallet_RefundTooLow(refund, minRefund);

        if (owed > held) {
            card.status = Status.Short;
            card.held = uint48(owed - held);
        } else {
            card.status = held == refund ? Status.Closed : Status.Owing;
            card.held = uint48(held - refund);
        }
        _cards.store(id, card);
        emit Closed(id, cause, refund, held - refund, owed - refund);
    }

    function _collect(Terms calldata terms, address to) private returns (uint256 amount) {
        bytes32 id = cardId(terms);
        Card memory card = _cards.load(id);
        if (card.status != Status.Owing) revert Errors.SubWallet_NothingToCollect(id, card.status);
        amount = card.held;
        card.held = 0;
        card.status = Status.Closed;
        _cards.store(id, card);
        emit Collected(id, to, amount);
        IERC20(terms.token).safeTransfer(to, amount);
    }
}
