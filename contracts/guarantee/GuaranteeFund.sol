// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IMerchantRegistry} from "../interfaces/IMerchantRegistry.sol";
import {IProductCatalogue} from "../interfaces/IProductCatalogue.sol";
import {ISubWalletFactory} from "../interfaces/ISubWalletFactory.sol";
import {Disputes} from "../platform/Disputes.sol";
import {Limits} from "../types/Guarantee.sol";
import {Capped} from "./Capped.sol";

/// @notice A fund fed by levies, asked last. What is paid in serves consumers and nothing else: nobody takes it out.
contract GuaranteeFund is Capped {
    constructor(
        address steward,
        IERC20 token,
        ISubWalletFactory factory,
        IMerchantRegistry merchants,
        Disputes disputes,
        IProductCatalogue catalogue,
        Limits memory limits_
    ) Capped(steward, token, factory, merchants, disputes, catalogue, limits_) {}

    /// @notice Pay a levy, or give. Anyone may.
    function payIn(uint256 amount) external nonReentrant {
        _payIn(amount);
    }
}
