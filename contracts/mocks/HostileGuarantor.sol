// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IGuarantor} from "../interfaces/IGuarantor.sol";
import {ISubWallet} from "../interfaces/ISubWallet.sol";
import {Card} from "../types/Card.sol";
import {Terms} from "../types/Terms.sol";

/// @notice A guarantor that behaves as told and writes down what it was asked. Tests only.
contract HostileGuarantor is IGuarantor {
    enum Mood {
        Accepts,
        Refuses,
        BurnsGas,
        Reenters // calls the asking wallet with `payload`, whatever comes of it
    }

    error NotThisOne(bytes32 card);

    Mood public mood;
    bytes public payload;
    bool public gotIn; // whether the call made while being asked succeeded
    bytes public reason; // what that call answered
    uint256 public asked;
    bytes32 public lastCard;
    uint256 public lastLimit;
    Card private _seen;

    function decide(Mood next) external {
        mood = next;
    }

    function reenter(bytes calldata data) external {
        (mood, payload, gotIn) = (Mood.Reenters, data, false);
    }

    /// @notice The card as it stood when it was last asked about.
    function seen() external view returns (Card memory) {
        return _seen;
    }

    /// @inheritdoc IGuarantor
    function accept(bytes32 card, Terms calldata, uint256 limit) external {
        Mood now_ = mood;
        if (now_ == Mood.Refuses) revert NotThisOne(card);
        if (now_ == Mood.BurnsGas) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        ++asked;
        (lastCard, lastLimit) = (card, limit);
        _seen = ISubWallet(msg.sender).cardOf(card);
        if (now_ == Mood.Reenters) (gotIn, reason) = msg.sender.call(payload);
    }

    /// @inheritdoc IGuarantor
    function isDone(address, bytes32) external pure returns (bool) {
        return false;
    }
}
