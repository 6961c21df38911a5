// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IMerchantRegistry} from "../interfaces/IMerchantRegistry.sol";
import {IProductCatalogue} from "../interfaces/IProductCatalogue.sol";
import {ISubWalletFactory} from "../interfaces/ISubWalletFactory.sol";
import {Errors} from "../libraries/Errors.sol";
import {Disputes} from "../platform/Disputes.sol";
import {Limits} from "../types/Guarantee.sol";
import {Terms} from "../types/Terms.sol";
import {Capped} from "./Capped.sol";

/// @notice The platform's own money, paid first where a merchant or product carries its label, and asked back from the
/// merchant afterwards.
contract PlatformAdvance is Capped {
    event Labelled(bytes32 indexed subject, bool labelled);

    /// @notice Whether a product (its id) or a merchant (its address as a number) carries the label now.
    mapping(bytes32 subject => bool) public isLabelled;

    constructor(
        address platform,
        IERC20 token,
        ISubWalletFactory factory,
        IMerchantRegistry merchants,
        Disputes disputes,
        IProductCatalogue catalogue,
        Limits memory limits_
    ) Capped(platform, token, factory, merchants, disputes, catalogue, limits_) {}

    /// @notice Give the label or take it away. Cards accepted under it stay covered.
    function label(bytes32 subject, bool labelled) external onlyKeeper {
        isLabelled[subject] = labelled;
        emit Labelled(subject, labelled);
    }

    /// @notice Put capital in. Anyone may; it becomes the platform's.
    function deposit(uint256 amount) external nonReentrant {
        _payIn(amount);
    }

    /// @notice Take out capital that backs no promise.
    function withdraw(uint256 amount, address to) external nonReentrant onlyKeeper {
        _withdraw(amount, to);
    }

    function _admit(Terms calldata terms, bytes32 product, address consumer, uint256 promised)
        internal
        override
        returns (uint256, uint256)
    {
        bool labelled = isLabelled[bytes32(uint256(uint160(terms.merchant)))] || isLabelled[product];
        if (!labelled) revert Errors.PlatformAdvance_NotLabelled(terms.merchant);
        return super._admit(terms, product, consumer, promised);
    }
}
