// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";

import {IMerchantRegistry} from "../interfaces/IMerchantRegistry.sol";
import {Errors} from "../libraries/Errors.sol";
import {MerchantStatus} from "../types/Merchant.sol";

/// @notice Merchants from application to closing. Everything is dated by the block in which it is said; no function
/// takes a date. Nothing here reaches a consumer's money: a stop can only widen a refund.
contract MerchantRegistry is IMerchantRegistry, AccessControl {
    bytes32 public constant OPERATOR = keccak256("OPERATOR");

    uint256 private constant HIGHEST_TIER = 3;

    struct Merchant {
        // slot 0: all that a purchase or an exit needs
        MerchantStatus status;
        uint8 tier;
        uint40 since; // unix time of the last change of status
        uint40 firstStop; // unix time, 0 if it never stopped
        uint40 lastStop; // unix time
        uint32 stops; // how often it stopped
        // slot 1
        bytes32 licence; // hash of the licence and the bank account
    }

    mapping(address => Merchant) private _merchants;
    mapping(address => uint40[]) private _stops;

    constructor(address operator) {
        _grantRole(DEFAULT_ADMIN_ROLE, operator);
        _grantRole(OPERATOR, operator);
    }

    /// @inheritdoc IMerchantRegistry
    function applyToSell(string calldata name, bytes32 licence) external {
        Merchant storage merchant = _merchants[msg.sender];
        if (merchant.status != MerchantStatus.None) {
            revert Errors.MerchantRegistry_WrongStatus(msg.sender, merchant.status);
        }
        merchant.licence = licence;
        _set(msg.sender, MerchantStatus.Applied);
        emit MerchantApplied(msg.sender, name, licence);
    }

    /// @notice Turn an application down; the merchant may apply anew. Until then it stands as it was made, so that
    /// what an operator approves is what it has looked at.
    function reject(address merchant) external onlyRole(OPERATOR) {
        MerchantStatus status = _merchants[merchant].status;
        if (status != MerchantStatus.Applied) revert Errors.MerchantRegistry_WrongStatus(merchant, status);
        _set(merchant, MerchantStatus.None);
    }

    /// @notice Let a merchant sell: after its application, a suspension or a stop. Closed is for good.
    function approve(address merchant) external onlyRole(OPERATOR) {
        MerchantStatus status = _merchants[merchant].status;
        if (
            status != MerchantStatus.Applied && status != MerchantStatus.Suspended
                && status != MerchantStatus.Stopped
        ) revert Errors.MerchantRegistry_WrongStatus(merchant, status);
        _set(merchant, MerchantStatus.Approved);
    }

    /// @notice Stop its sales. Its cards go on, and their consumers may leave at any time, as ever.
    function suspend(address merchant) external onlyRole(OPERATOR) {
        MerchantStatus status = _merchants[merchant].status;
        if (status != MerchantStatus.Approved) revert Errors.MerchantRegistry_WrongStatus(merchant, status);
        _set(merchant, MerchantStatus.Suspended);
    }

    /// @notice Put on record that the merchant no longer performs. By the merchant itself or an operator.
    function stop(address merchant) external {
        _end(merchant, MerchantStatus.Stopped);
    }

    /// @notice Put on record that the merchant has closed for good. By the merchant itself or an operator.
    function close(address merchant) external {
        _end(merchant, MerchantStatus.Closed);
    }

    /// @notice Credit tier, 0 none to 3 highest.
    function setTier(address merchant, uint8 tier) external onlyRole(OPERATOR) {
        if (tier > HIGHEST_TIER) revert Errors.MerchantRegistry_NoSuchTier(tier);
        _merchants[merchant].tier = tier;
        emit MerchantTierChanged(merchant, tier, block.timestamp);
    }

    /// @inheritdoc IMerchantRegistry
    function maySell(address merchant) external view returns (bool) {
        return _merchants[merchant].status == MerchantStatus.Approved;
    }

    /// @inheritdoc IMerchantRegistry
    function stoppedSince(address merchant, uint256 since) external view returns (uint256) {
        Merchant storage record = _merchants[merchant];
        if (record.lastStop < since || record.stops == 0) return 0;
        if (record.firstStop >= since) return record.firstStop;
        if (record.stops == 2) return record.lastStop;
        // Halve the list down to the first stop not before `since`; there is one, as the last one qualifies.
        uint40[] storage stops = _stops[merchant];
        uint256 low = 0;
        uint256 high = stops.length - 1;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (stops[middle] < since) low = middle + 1;
            else high = middle;
        }
        return stops[low];
    }

    /// @inheritdoc IMerchantRegistry
    function tierOf(address merchant) external view returns (uint256) {
        return _merchants[merchant].tier;
    }

    /// @notice Status and since when it holds.
    function statusOf(address merchant) external view returns (MerchantStatus status, uint256 since) {
        return (_merchants[merchant].status, _merchants[merchant].since);
    }

    /// @notice Hash of the licence and bank account it applied with.
    function licenceOf(address merchant) external view returns (bytes32) {
        return _merchants[merchant].licence;
    }

    function _end(address merchant, MerchantStatus to) private {
        if (msg.sender != merchant && !hasRole(OPERATOR, msg.sender)) {
            revert Errors.MerchantRegistry_NotAllowed(msg.sender);
        }
        Merchant storage record = _merchants[merchant];
        MerchantStatus from = record.status;
        bool performs = from == MerchantStatus.Approved || from == MerchantStatus.Suspended;
        if (!performs && !(from == MerchantStatus.Stopped && to == MerchantStatus.Closed)) {
            revert Errors.MerchantRegistry_WrongStatus(merchant, from);
        }
        // A merchant that closes after it stopped had stopped already: the earlier date stands.
        if (performs) {
            uint40 moment = uint40(block.timestamp);
            if (record.stops == 0) record.firstStop = moment;
            record.lastStop = moment;
            record.stops += 1;
            _stops[merchant].push(moment);
        }
        _set(merchant, to);
    }

    function _set(address merchant, MerchantStatus status) private {
        _merchants[merchant].status = status;
        _merchants[merchant].since = uint40(block.timestamp);
        emit MerchantStatusChanged(merchant, status, block.timestamp);
    }
}
