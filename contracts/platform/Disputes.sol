// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";

import {IDisputes} from "../interfaces/IDisputes.sol";
import {ISubWallet} from "../interfaces/ISubWallet.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {Errors} from "../libraries/Errors.sol";
import {Messages} from "../libraries/Messages.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {Card, Status} from "../types/Card.sol";
import {Dispute, Forum, Ground, SignedStep, Step} from "../types/Dispute.sol";
import {Terms} from "../types/Terms.sol";

/// @notice Disputes about cards, step by step: first with the merchant, then before an authority or an association,
/// where an arbiter rules. Everything is dated by the block in which it is said; nobody needs it to leave a card.
///
/// @dev A card is known by its sub-wallet and its id, and both say who may speak: the wallet names its consumer and
/// hashes the terms, the terms name the merchant. A wallet that is not ours can only fool itself, so readers of the
/// events believe those alone whose wallet the factory derives.
contract Disputes is IDisputes, AccessControl {
    /// @notice The consumer complains; it is the merchant's turn.
    event DisputeRaised(
        address indexed wallet,
        bytes32 indexed card,
        address indexed merchant,
        Ground ground,
        bytes32 reason,
        uint256 round
    );
    event DisputeRefused(
        address indexed wallet, bytes32 indexed card, address indexed merchant, bytes32 answer
    );
    event DisputeEscalated(
        address indexed wallet, bytes32 indexed card, address indexed merchant, Forum forum, uint256 round
    );
    event DisputeRuled(address indexed wallet, bytes32 indexed card, address indexed arbiter, bytes32 ruling);
    event DisputeSettled(address indexed wallet, bytes32 indexed card, uint256 round);

    /// @notice All that is found about the card by now, after `by` (its merchant or an arbiter) has spoken.
    event Found(
        address indexed wallet,
        bytes32 indexed card,
        address indexed by,
        bool notConsumer,
        uint256 listedAtMost,
        uint256 epoch
    );

    /// @notice Who may rule once a dispute was escalated.
    bytes32 public constant ARBITER = keccak256("ARBITER");

    /// @notice Says that nothing was found about the list-price total.
    uint256 public constant ANY_LISTED = type(uint256).max;

    /// @notice Calendar days (UTC+8) that the merchant has for its answer, the day of the complaint not counted.
    uint256 public immutable NEGOTIATION_DAYS;

    uint48 private constant NO_LIMIT = type(uint48).max;

    bytes32 private constant STEP_TYPEHASH = keccak256(
        "DisputeStep(bytes32 card,uint256 step,uint256 what,bytes32 reason,uint256 round,uint256 deadline)"
    );

    struct Finding {
        // slot 0
        bool notConsumer;
        uint48 listedAtMost; // fen
        uint16 epoch; // of the card
        uint40 at; // unix time
    }

    mapping(address wallet => mapping(bytes32 card => Dispute)) private _disputes;
    mapping(address wallet => mapping(bytes32 card => Finding)) private _findings;

    /// @param admin names arbiters
    /// @param arbiter the first of them
    constructor(address admin, address arbiter, uint256 negotiationDays) {
        NEGOTIATION_DAYS = negotiationDays;
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(ARBITER, arbiter);
    }

    /// @notice Complain about a card. By its consumer; one dispute at a time.
    ///
    /// @param reason salted hash of what is complained of: it may be a matter of health
    function raise(address wallet, Terms calldata terms, Ground ground, bytes32 reason) external {
        _raise(wallet, terms, _asConsumer(wallet, terms), ground, reason);
    }

    /// @notice Refuse what the consumer asks for. By the merchant, while it is its turn. Who gives way concedes.
    ///
    /// @param answer salted hash of what is answered
    function refuse(address wallet, Terms calldata terms, bytes32 answer) external {
        bytes32 card = _asMerchant(wallet, terms);
        Dispute storage dispute = _disputes[wallet][card];
        if (dispute.step != Step.Negotiating) revert Errors.Disputes_WrongStep(card, dispute.step);
        _move(dispute, Step.Refused);
        emit DisputeRefused(wallet, card, terms.merchant, answer);
    }

    /// @notice Go on to an authority or an association. By the consumer, after the merchant has refused or has let its
    /// days pass.
    function escalate(address wallet, Terms calldata terms, Forum forum) external {
        _escalate(wallet, terms, _asConsumer(wallet, terms), forum);
    }

    /// @notice Let the dispute rest, say because the merchant gave way. By the consumer; nothing that was found is
    /// lost.
    function settle(address wallet, Terms calldata terms) external {
        _settle(wallet, _asConsumer(wallet, terms));
    }

    /// @notice `raise`, `escalate` or `settle` for anyone who carries the consumer's signature on it. It is signed for
    /// the consumer's sub-wallet, like everything about a card, and serves once.
    function takeSigned(
        address wallet,
        Terms calldata terms,
        SignedStep calldata step,
        bytes calldata signature
    ) external {
        bytes32 card = _requireSigned(wallet, terms, step, signature);
        if (step.step == Step.Negotiating) _raise(wallet, terms, card, Ground(step.what), step.reason);
        else if (step.step == Step.Escalated) _escalate(wallet, terms, card, Forum(step.what));
        else if (step.step == Step.Settled) _settle(wallet, card);
        else revert Errors.Disputes_WrongStep(card, step.step);
        uint256 round = _disputes[wallet][card].round;
        if (round != step.round) revert Errors.Disputes_RoundPassed(card, step.round, round);
    }

    /// @notice Give way, dispute or not: the consumer is not the cause, or the list-price total is at most so much,
    /// say because a gift came back. By the merchant. Whether that is enough is for the consumer to say.
    ///
    /// @param listedAtMost fen; `ANY_LISTED` leaves it alone
    function concede(address wallet, Terms calldata terms, bool notConsumer, uint256 listedAtMost) external {
        bytes32 card = _asMerchant(wallet, terms);
        if (!notConsumer && listedAtMost >= NO_LIMIT) revert Errors.Disputes_NothingConceded(card);
        _find(wallet, card, notConsumer, listedAtMost);
    }

    /// @notice Rule on a dispute that was escalated. By an arbiter. It may find nothing for the consumer, and nothing
    /// against.
    ///
    /// @param listedAtMost fen; `ANY_LISTED` leaves it alone
    /// @param ruling salted hash of the reasons
    function rule(
        address wallet,
        Terms calldata terms,
        bool notConsumer,
        uint256 listedAtMost,
        bytes32 ruling
    ) external onlyRole(ARBITER) {
        bytes32 card = ISubWallet(wallet).cardId(terms);
        Dispute storage dispute = _disputes[wallet][card];
        if (dispute.step != Step.Escalated) revert Errors.Disputes_NotEscalated(card, dispute.step);
        dispute.upheld = notConsumer;
        _move(dispute, Step.Ruled);
        emit DisputeRuled(wallet, card, msg.sender, ruling);
        if (notConsumer || listedAtMost < NO_LIMIT) _find(wallet, card, notConsumer, listedAtMost);
    }

    /// @inheritdoc IDisputes
    function findingOf(address wallet, bytes32 card)
        external
        view
        returns (bool notConsumer, uint256 listedAtMost, uint256 epoch, uint256 at)
    {
        Finding memory finding = _findings[wallet][card];
        bool limited = finding.at != 0 && finding.listedAtMost != NO_LIMIT;
        return (finding.notConsumer, limited ? finding.listedAtMost : ANY_LISTED, finding.epoch, finding.at);
    }

    /// @notice The dispute about a card, the last one if there were several.
    function disputeOf(address wallet, bytes32 card) external view returns (Dispute memory) {
        return _disputes[wallet][card];
    }

    function _raise(address wallet, Terms calldata terms, bytes32 card, Ground ground, bytes32 reason)
        private
    {
        Dispute storage dispute = _disputes[wallet][card];
        Step step = dispute.step;
        if (step != Step.None && step != Step.Ruled && step != Step.Settled) {
            revert Errors.Disputes_WrongStep(card, step);
        }
        dispute.ground = ground;
        dispute.upheld = false;
        dispute.round += 1;
        dispute.raisedAt = uint40(block.timestamp);
        dispute.reason = reason;
        _move(dispute, Step.Negotiating);
        emit DisputeRaised(wallet, card, terms.merchant, ground, reason, dispute.round);
    }

    function _escalate(address wallet, Terms calldata terms, bytes32 card, Forum forum) private {
        Dispute storage dispute = _disputes[wallet][card];
        if (dispute.step == Step.Negotiating) {
            uint256 passed = Calendar.daysBetween(dispute.raisedAt, block.timestamp);
            if (passed <= NEGOTIATION_DAYS) {
                revert Errors.Disputes_MerchantNotHeard(card, NEGOTIATION_DAYS - passed);
            }
        } else if (dispute.step == Step.None) {
            revert Errors.Disputes_NotRaised(card);
        } else if (dispute.step != Step.Refused) {
            revert Errors.Disputes_WrongStep(card, dispute.step);
        }
        dispute.forum = forum;
        _move(dispute, Step.Escalated);
        emit DisputeEscalated(wallet, card, terms.merchant, forum, dispute.round);
    }

    function _settle(address wallet, bytes32 card) private {
        Dispute storage dispute = _disputes[wallet][card];
        Step step = dispute.step;
        if (step != Step.Negotiating && step != Step.Refused && step != Step.Escalated) {
            revert Errors.Disputes_WrongStep(card, step);
        }
        _move(dispute, Step.Settled);
        emit DisputeSettled(wallet, card, dispute.round);
    }

    /// @dev What was found before stays, except a limit on a total that was then counted anew: it names an epoch that
    /// is over.
    function _find(address wallet, bytes32 card, bool notConsumer, uint256 listedAtMost) private {
        uint16 epoch = ISubWallet(wallet).cardOf(card).epoch;
        Finding memory finding = _findings[wallet][card];
        uint48 limit = listedAtMost < NO_LIMIT ? uint48(listedAtMost) : NO_LIMIT;
        if (finding.at != 0 && finding.epoch == epoch && finding.listedAtMost < limit) {
            limit = finding.listedAtMost;
        }
        finding = Finding(finding.notConsumer || notConsumer, limit, epoch, uint40(block.timestamp));
        _findings[wallet][card] = finding;
        uint256 shown = limit == NO_LIMIT ? ANY_LISTED : limit;
        emit Found(wallet, card, msg.sender, finding.notConsumer, shown, epoch);
    }

    function _move(Dispute storage dispute, Step step) private {
        dispute.step = step;
        dispute.since = uint40(block.timestamp);
    }

    function _asConsumer(address wallet, Terms calldata terms) private view returns (bytes32 card) {
        card = _cardOf(wallet, terms);
        address consumer = ISubWallet(wallet).owner();
        if (msg.sender != consumer) revert Errors.Disputes_NotConsumer(msg.sender, consumer);
    }

    function _requireSigned(
        address wallet,
        Terms calldata terms,
        SignedStep calldata step,
        bytes calldata signature
    ) private view returns (bytes32 card) {
        card = _cardOf(wallet, terms);
        if (block.timestamp > step.deadline) {
            revert Errors.Disputes_DeadlinePassed(step.deadline, block.timestamp);
        }
        bytes32 structHash = keccak256(abi.encode(STEP_TYPEHASH, card, step));
        bytes32 digest = Messages.digest(Messages.domain(block.chainid, wallet), structHash);
        address consumer = ISubWallet(wallet).owner();
        if (!Signatures.isValid(consumer, digest, signature)) {
            revert Errors.Disputes_SignatureInvalid(consumer, digest);
        }
    }

    function _asMerchant(address wallet, Terms calldata terms) private view returns (bytes32 card) {
        card = _cardOf(wallet, terms);
        if (msg.sender != terms.merchant) revert Errors.Disputes_NotMerchant(msg.sender, terms.merchant);
    }

    function _cardOf(address wallet, Terms calldata terms) private view returns (bytes32 card) {
        card = ISubWallet(wallet).cardId(terms);
        Card memory state = ISubWallet(wallet).cardOf(card);
        if (state.status == Status.None) revert Errors.Disputes_CardUnknown(wallet, card);
    }
}
