// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Card} from "../types/Card.sol";
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
    event Accrued(bytes32 indexed card, uint256 paid, uint256 released);
    event Closed(bytes32 indexed card, Cause cause, uint256 refund, uint256 toCollect, uint256 shortfall);
    event Collected(bytes32 indexed card, address indexed to, uint256 amount);
    event EpochBumped(bytes32 indexed card, uint256 epoch);
    event Swept(address indexed token, uint256 amount);

    /// @notice Open a card: freeze the principal, by allowance. Only the consumer.
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

    /// @notice Move to the merchant what one authorised charge releases. Anyone may carry it.
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
