// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IGuarantor} from "../interfaces/IGuarantor.sol";
import {Card, Status} from "../types/Card.sol";
import {Pledge} from "../types/Cover.sol";
import {Trigger} from "../types/Guarantee.sol";
import {Terms} from "../types/Terms.sol";
import {Guarantor} from "../guarantee/Guarantor.sol";

/// @notice Answers like a sub-wallet of `owner`, with whatever card and state suit it. Tests only.
contract ImpostorWallet {
    address public owner;
    bytes32 public id;
    uint256 public taken;

    constructor(address owner_) {
        owner = owner_;
    }

    /// @notice Claim to hold this card.
    function pretend(bytes32 id_) external {
        id = id_;
    }

    /// @notice Offer a guarantor a card.
    function offer(IGuarantor guarantor, Terms calldata terms, uint256 limit) external {
        guarantor.accept(id, terms, limit);
    }

    /// @notice Claim, and pay out.
    function claim(Guarantor guarantor, Terms calldata terms, Pledge[] calldata pledges) external {
        guarantor.file(address(this), terms, pledges, Trigger.Runaway);
    }

    /// @notice As a factory, it derives itself.
    function walletOf(address) external view returns (address) {
        return address(this);
    }

    function cardId(Terms calldata) external view returns (bytes32) {
        return id;
    }

    /// @notice Short of a fortune.
    function cardOf(bytes32) external view returns (Card memory card) {
        card.status = Status.Short;
        card.held = type(uint48).max;
        card.openedAt = uint40(block.timestamp);
    }

    function payShortfall(Terms calldata, uint256 amount) external returns (uint256) {
        taken += amount;
        return 0;
    }
}
