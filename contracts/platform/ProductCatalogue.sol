// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";

import {IMerchantRegistry} from "../interfaces/IMerchantRegistry.sol";
import {IPrepaidTemplate} from "../interfaces/IPrepaidTemplate.sol";
import {IProductCatalogue} from "../interfaces/IProductCatalogue.sol";
import {ITemplateRegistry} from "../interfaces/ITemplateRegistry.sol";
import {Bounded} from "../libraries/Bounded.sol";
import {Errors} from "../libraries/Errors.sol";
import {TermsCheck} from "../libraries/TermsCheck.sol";
import {Terms} from "../types/Terms.sol";
import {Cause, Usage} from "../types/Usage.sol";

/// @notice Products on sale. A consumer's wallet compares what it is asked to sign with what is listed here.
contract ProductCatalogue is IProductCatalogue, AccessControl {
    bytes32 public constant OPERATOR = keccak256("OPERATOR");

    ITemplateRegistry public immutable TEMPLATES;
    IMerchantRegistry public immutable MERCHANTS;

    mapping(bytes32 => bool) public isForm;
    mapping(bytes32 => address) private _merchantOf;

    constructor(address operator, ITemplateRegistry templates, IMerchantRegistry merchants) {
        TEMPLATES = templates;
        MERCHANTS = merchants;
        _grantRole(DEFAULT_ADMIN_ROLE, operator);
        _grantRole(OPERATOR, operator);
    }

    /// @notice Admit a standard form by the hash of its text.
    function registerForm(bytes32 form, string calldata title) external onlyRole(OPERATOR) {
        isForm[form] = true;
        emit FormRegistered(form, title);
    }

    /// @inheritdoc IProductCatalogue
    function publish(Terms calldata terms, string calldata name) external returns (bytes32 product) {
        if (msg.sender != terms.merchant) revert Errors.ProductCatalogue_NotAllowed(msg.sender);
        if (!MERCHANTS.maySell(terms.merchant)) {
            revert Errors.ProductCatalogue_MerchantMayNotSell(terms.merchant);
        }
        if (terms.order != 0) revert Errors.ProductCatalogue_OrderNotZero(terms.order);
        if (!isForm[terms.form]) revert Errors.ProductCatalogue_FormUnknown(terms.form);
        TermsCheck.requireSound(terms);
        _requireFit(terms);

        product = keccak256(abi.encode(terms));
        if (_merchantOf[product] != address(0)) revert Errors.ProductCatalogue_AlreadyListed(product);
        _merchantOf[product] = terms.merchant;
        emit ProductPublished(product, terms.merchant, terms, name);
    }

    /// @inheritdoc IProductCatalogue
    function withdraw(bytes32 product) external {
        address merchant = _merchantOf[product];
        if (merchant == address(0)) revert Errors.ProductCatalogue_ProductUnknown(product);
        if (msg.sender != merchant && !hasRole(OPERATOR, msg.sender)) {
            revert Errors.ProductCatalogue_NotAllowed(msg.sender);
        }
        delete _merchantOf[product];
        emit ProductWithdrawn(product);
    }

    /// @inheritdoc IProductCatalogue
    function isOnSale(bytes32 product) external view returns (bool) {
        address merchant = _merchantOf[product];
        return merchant != address(0) && MERCHANTS.maySell(merchant);
    }

    /// @dev Before anything is used, a working template releases no more than the advance and owes all of the principal
    /// to a consumer whose merchant never delivers.
    function _requireFit(Terms calldata terms) private view {
        bool fit = TEMPLATES.isAdmitted(terms.template);
        if (fit) {
            Usage memory unused;
            (bool ok, uint256 fen) = Bounded.askTemplate(IPrepaidTemplate.released.selector, terms, unused, 0);
            fit = ok && fen <= terms.advance();
            (ok, fen) = Bounded.askTemplate(
                IPrepaidTemplate.entitlement.selector, terms, unused, uint256(Cause.NotConsumer)
            );
            fit = fit && ok && fen == terms.principal();
        }
        if (!fit) revert Errors.ProductCatalogue_TemplateUnfit(terms.template);
    }
}
