// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IMerchantRegistry} from "../interfaces/IMerchantRegistry.sol";
import {IProductCatalogue} from "../interfaces/IProductCatalogue.sol";
import {ISubWalletFactory} from "../interfaces/ISubWalletFactory.sol";
import {Disputes} from "../platform/Disputes.sol";
import {Guarantor} from "./Guarantor.sol";
import {SharedPots} from "./SharedPots.sol";

/// @notice An underwriter's capital, and the lines it writes on it: merchant by merchant, with premium and limits. It
/// never promises what it does not hold.
contract InsurancePool is SharedPots {
    constructor(
        address underwriter,
        IERC20 token,
        ISubWalletFactory factory,
        IMerchantRegistry merchants,
        Disputes disputes,
        IProductCatalogue catalogue
    ) Guarantor(underwriter, token, factory, merchants, disputes, catalogue) {}

    /// @notice Put capital in. Anyone may; it becomes the underwriter's.
    function deposit(uint256 amount) external nonReentrant {
        _payIn(amount);
    }

    /// @notice Take out capital that backs no promise.
    function withdraw(uint256 amount, address to) external nonReentrant onlyKeeper {
        _withdraw(amount, to);
    }
}
