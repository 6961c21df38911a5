// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IMerchantRegistry} from "../interfaces/IMerchantRegistry.sol";
import {IProductCatalogue} from "../interfaces/IProductCatalogue.sol";
import {ISubWalletFactory} from "../interfaces/ISubWalletFactory.sol";
import {Errors} from "../libraries/Errors.sol";
import {Disputes} from "../platform/Disputes.sol";
import {Guarantee, Limits} from "../types/Guarantee.sol";
import {Terms} from "../types/Terms.sol";
import {Guarantor} from "./Guarantor.sol";

/// @notice A guarantor that stands for many merchants under one set of limits, each promise backed in full.
///
/// @dev The limit per merchant counts what the merchant still owes: whoever has been bailed out once gets less, and
/// nothing more until it has paid back. So a merchant in league with its consumers can turn the money over only once.
abstract contract Capped is Guarantor {
    event TemplateListed(address indexed template, bool listed);

    /// @notice Whether cards with these rules are accepted.
    mapping(address template => bool) public isListed;

    /// @notice Fen promised to open claims and cards of a merchant.
    mapping(address merchant => uint256 fen) public promisedFor;

    Limits private _limits;

    constructor(
        address keeper,
        IERC20 token,
        ISubWalletFactory factory,
        IMerchantRegistry merchants,
        Disputes disputes,
        IProductCatalogue catalogue,
        Limits memory limits_
    ) Guarantor(keeper, token, factory, merchants, disputes, catalogue) {
        _requireSound(limits_.assessor, limits_.triggers, limits_.coverDays);
        _limits = limits_;
    }

    /// @notice List a template, or take it off the list: cards accepted before stay accepted.
    function listTemplate(address template, bool listed) external onlyKeeper {
        isListed[template] = listed;
        emit TemplateListed(template, listed);
    }

    /// @notice Its limits.
    function limits() external view returns (Limits memory) {
        return _limits;
    }

    function _admit(Terms calldata terms, bytes32, address, uint256 promised)
        internal
        virtual
        override
        returns (uint256 line, uint256 coverDays)
    {
        if (!isListed[terms.template]) revert Errors.Guarantor_TemplateNotListed(terms.template);
        uint256 ofMerchant = promisedFor[terms.merchant];
        (, uint256 inAll) = books();
        _requireWithin("card", promised, 0, _limits.card);
        _requireWithin("merchant", promised, ofMerchant + owedBy[terms.merchant], _limits.merchant);
        _requireWithin("total", promised, inAll, _limits.total);
        _reserve(promised);
        promisedFor[terms.merchant] = ofMerchant + promised;
        return (0, _limits.coverDays);
    }

    function _freed(bytes32, Guarantee storage guarantee, Terms calldata terms, uint256) internal override {
        promisedFor[terms.merchant] -= guarantee.promised;
        _unreserve(guarantee.promised);
    }

    function _rulesOf(uint256)
        internal
        view
        override
        returns (address assessor, uint256 waitDays, uint256 verifyDays, uint256 triggers)
    {
        return (_limits.assessor, _limits.waitDays, _limits.verifyDays, _limits.triggers);
    }
}
