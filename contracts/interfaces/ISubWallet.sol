// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Card} from "../types/Card.sol";
import {Pledge} from "../types/Cover.sol";
import {Terms} from "../types/Terms.sol";
import {Cause} from "../types/Usage.sol";

/// @notice The consumer's signature on one charge.
struct Consumption {
    uint256 usedAfter; // running total in the card kind's unit
    uint256 listedAfter; // running total at the price before discount, fen
    uint256 maxPay; // fen that may move at most
    bytes32 charge; // salted hash of the merchant's reference
    uint256 deadline; // unix time of the last second
    uint256 epoch; // the card's epoch when it was signed
}

/// @notice The consumer's signature on all that was used so far.
struct Voucher {
    uint256 usedAfter; // running total in the card kind's unit
    uint256 listedAfter; // running total at the price before discount, fen
    uint256 maxReleased; // fen that may have moved at most, in all
    uint256 deadline; // unix time of the last second
    uint256 epoch; // the card's epoch when it was signed
}

/// @notice The certifier's signature on progress or documented cost so far.
struct Certification {
    uint256 usedAfter; // running total in the card kind's unit
    uint256 listedAfter; // running total of value or documented cost, fen
    bytes32 evidence; // salted hash of what was seen
    uint256 deadline; // unix time of the last second
    uint256 epoch; // the card's epoch when it was signed
}

/// @notice One consumer's frozen money, card by card. What is held belongs to the consumer until it is consumed.
interface ISubWallet {
    event Opened(bytes32 indexed card, address indexed merchant, Terms terms);
    event Advanced(bytes32 indexed card, uint256 paid);
    event Consumed(
        bytes32 indexed card,
        bytes32 indexed charge,
        uint256 used,
        uint256 listed,
        uint256 paid,
        uint256 released
    );
    event Redeemed(bytes32 indexed card, uint256 used, uint256 listed, uint256 paid, uint256 released);
    event Certified(
        bytes32 indexed card,
        bytes32 indexed evidence,
        uint256 used,
        uint256 listed,
        uint256 paid,
        uint256 released
    );
    event Accrued(bytes32 indexed card, uint256 paid, uint256 released);
    event Closed(bytes32 indexed card, Cause cause, uint256 refund, uint256 toCollect, uint256 shortfall);
    event Collected(bytes32 indexed card, address indexed to, uint256 amount);
    event ShortfallPaid(bytes32 indexed card, address indexed payer, uint256 amount, uint256 left);
    event FindingApplied(bytes32 indexed card, bool notConsumer, uint256 listed, uint256 epoch);

    /// @notice `moved` is part of the refund in `Closed` and of the new card's principal; `topUp` came from the consumer,
    /// `cashBack` went there.
    event Transferred(
        bytes32 indexed card, bytes32 indexed newCard, uint256 moved, uint256 topUp, uint256 cashBack
    );
    event EpochBumped(bytes32 indexed card, uint256 epoch);
    event Swept(address indexed token, uint256 amount);

    /// @notice Open a card without a cover: freeze the principal, by allowance. Only the consumer.
    ///
    /// @return card its id: the digest of `terms` as a `Purchase`
    function open(Terms calldata terms) external returns (bytes32 card);

    /// @notice The same for anyone who carries the consumer's signature on the purchase.
    function openBySig(Terms calldata terms, bytes calldata signature) external returns (bytes32 card);

    /// @notice The same, with an EIP-2612 permit for the principal. A permit used up by somebody else does no harm.
    function openWithPermit(
        Terms calldata terms,
        uint256 permitDeadline,
        uint8 v,
        bytes32 r,
        bytes32 s,
        bytes calldata signature
    ) external returns (bytes32 card);

    /// @notice The same with one ERC-3009 signature: its nonce is the card's id, valid until `buyBy` has passed.
    function openWithAuthorization(Terms calldata terms, bytes calldata signature)
        external
        returns (bytes32 card);

    /// @notice Open a card with a cover: as `open`, and each guarantor accepts the card, or there is none.
    ///
    /// @param cover one to four pledges; `terms.cover` is the hash of their ABI encoding
    function openCovered(Terms calldata terms, Pledge[] calldata cover) external returns (bytes32 card);

    /// @notice The same with one ERC-3009 signature, as `openWithAuthorization`.
    function openCoveredWithAuthorization(
        Terms calldata terms,
        Pledge[] calldata cover,
        bytes calldata signature
    ) external returns (bytes32 card);

    /// @notice Move to the merchant what one authorised charge releases. Anyone may carry it.
    ///
    /// @dev Where the terms name a certifier the totals must be the certified ones, once for each certificate, and
    /// something must move: the consumer confirms.
    ///
    /// @return paid fen moved
    function consume(Terms calldata terms, Consumption calldata consumption, bytes calldata signature)
        external
        returns (uint256 paid);

    /// @notice Several charges of one card, in order, the token moved once. All or none.
    function consumeMany(
        Terms calldata terms,
        Consumption[] calldata consumptions,
        bytes[] calldata signatures
    ) external returns (uint256 paid);

    /// @notice Move what the newest voucher releases, where the terms switch vouchers on.
    function redeem(Terms calldata terms, Voucher calldata voucher, bytes calldata signature)
        external
        returns (uint256 paid);

    /// @notice Raise the totals on the word of the certifier in the terms. Anyone may carry it. What is certified counts
    /// at exit; money moves when the consumer confirms it by `consume`.
    ///
    /// @return paid fen moved at once, only if the terms release on conditions (`trigger` 2): in all at most the greater
    /// of `advance` and what time alone has earned, and nothing in cooling-off
    function certify(Terms calldata terms, Certification calldata certification, bytes calldata signature)
        external
        returns (uint256 paid);

    /// @notice End the card and refund at once. Only the consumer; needs nobody else.
    ///
    /// @param minRefund fen; reverts rather than pay less
    function terminate(Terms calldata terms, uint256 minRefund) external returns (uint256 refund);

    /// @notice The same for anyone who carries the consumer's signature.
    function terminateBySig(
        Terms calldata terms,
        uint256 minRefund,
        uint256 deadline,
        bytes calldata signature
    ) external returns (uint256 refund);

    /// @notice What the terms let happen by itself: release over time, refund at expiry or after the merchant stopped.
    function settle(Terms calldata terms) external;

    /// @notice Pay the merchant what was left for it when the card ended.
    function collect(Terms calldata terms) external returns (uint256 amount);

    /// @notice The same to another address, by the payee or with its signature: an address that cannot receive must
    /// not trap money.
    function collectTo(Terms calldata terms, address to, uint256 deadline, bytes calldata signature)
        external
        returns (uint256 amount);

    /// @notice Pay what a closed card is short, or part of it, from the caller's pocket straight to the consumer. Anyone.
    ///
    /// @return left fen still missing
    function payShortfall(Terms calldata terms, uint256 amount) external returns (uint256 left);

    /// @notice Take over what was found about an open card. Anyone; it only ever helps the consumer. It raises the epoch, so
    /// that no older signature on use can undo it; the consumer's word to end or transfer the card stays good.
    function applyFinding(Terms calldata terms) external;

    /// @notice End one card and open another with its refund. Only the consumer. What the new card does not take goes to
    /// the consumer; what it lacks comes from the consumer, by allowance.
    ///
    /// @param cover pledges of the new card, none if its terms name none
    /// @param minMoved fen; reverts unless at least so much comes out of the old card, so at most the rest of the new
    /// principal is pulled
    function transferCard(Terms calldata from, Terms calldata to, Pledge[] calldata cover, uint256 minMoved)
        external
        returns (bytes32 newCard);

    /// @notice The same for anyone who carries the consumer's signature.
    function transferCardBySig(
        Terms calldata from,
        Terms calldata to,
        Pledge[] calldata cover,
        uint256 minMoved,
        uint256 deadline,
        bytes calldata signature
    ) external returns (bytes32 newCard);

    /// @notice Void every signature about a card that is not yet used. Only the consumer.
    function bumpEpoch(bytes32 card, uint256 epoch) external;

    /// @notice The same for anyone who carries the consumer's signature.
    function bumpEpochBySig(bytes32 card, uint256 epoch, uint256 deadline, bytes calldata signature) external;

    /// @notice Return to the consumer what was sent here by mistake.
    ///
    /// @param opened terms of every card ever opened here, in ascending order of their ids
    function sweep(address token, Terms[] calldata opened) external returns (uint256 surplus);

    /// @notice The consumer.
    function owner() external view returns (address);

    /// @notice How many cards were ever opened here.
    function openedCount() external view returns (uint256);

    /// @notice The id of the card with these terms.
    function cardId(Terms calldata terms) external view returns (bytes32);

    /// @notice A card's state.
    function cardOf(bytes32 card) external view returns (Card memory);

    /// @notice What the consumer is owed if the card ended now, and why; before it is compared with what is held.
    function quote(Terms calldata terms) external view returns (uint256 owed, Cause cause);
}
