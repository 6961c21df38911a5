// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

import {IDigitalYuan} from "../interfaces/IDigitalYuan.sol";
import {IGuarantor} from "../interfaces/IGuarantor.sol";
import {ISubWallet} from "../interfaces/ISubWallet.sol";
import {ITemplateRegistry} from "../interfaces/ITemplateRegistry.sol";
import {CardSlot} from "../libraries/CardSlot.sol";
import {Errors} from "../libraries/Errors.sol";
import {Messages} from "../libraries/Messages.sol";
import {TermsCheck} from "../libraries/TermsCheck.sol";
import {Card, Status} from "../types/Card.sol";
import {Pledge} from "../types/Cover.sol";
import {Terms} from "../types/Terms.sol";
import {Valuation} from "./Valuation.sol";

/// @notice Part of `SubWallet`: how a card comes to be. Checked and written down first, then paid for, then accepted by
/// its guarantors; the advance leaves last.
abstract contract Opening is Valuation {
    using SafeERC20 for IERC20;
    using CardSlot for mapping(bytes32 => uint256);

    uint256 private constant MOST_GUARANTORS = 4;

    // An admitted template's address follows from its code, so no storage need be asked; see `TemplateRegistry`.
    address private immutable TEMPLATES;
    bytes32 private immutable SHELL_HASH;

    constructor(ITemplateRegistry templates) {
        TEMPLATES = address(templates);
        SHELL_HASH = templates.shellHash();
    }

    /// @inheritdoc ISubWallet
    function open(Terms calldata terms) external nonReentrant returns (bytes32 card) {
        _requireOwner();
        _requireUncovered(terms);
        card = _openByAllowance(terms);
        _advance(terms, card);
    }

    /// @inheritdoc ISubWallet
    function openBySig(Terms calldata terms, bytes calldata signature)
        external
        nonReentrant
        returns (bytes32 card)
    {
        _requireSigned(owner(), Messages.hashTerms(terms), signature);
        _requireUncovered(terms);
        card = _openByAllowance(terms);
        _advance(terms, card);
    }

    /// @inheritdoc ISubWallet
    function openWithPermit(
        Terms calldata terms,
        uint256 permitDeadline,
        uint8 v,
        bytes32 r,
        bytes32 s,
        bytes calldata signature
    ) external nonReentrant returns (bytes32 card) {
        _requireSigned(owner(), Messages.hashTerms(terms), signature);
        _requireUncovered(terms);
        card = cardId(terms);
        _admit(terms, card);
        // Anyone may have used this permit already; then the allowance is there, or the pull says that it is not.
        // solhint-disable no-empty-blocks
        try IERC20Permit(terms.token)
            .permit(owner(), address(this), terms.principal(), permitDeadline, v, r, s) {}
            catch {}
        // solhint-enable no-empty-blocks
        _pull(terms, terms.principal());
        _advance(terms, card);
    }

    /// @inheritdoc ISubWallet
    function openWithAuthorization(Terms calldata terms, bytes calldata signature)
        external
        nonReentrant
        returns (bytes32 card)
    {
        _requireUncovered(terms);
        card = _openByAuthorization(terms, signature);
        _advance(terms, card);
    }

    /// @inheritdoc ISubWallet
    function openCovered(Terms calldata terms, Pledge[] calldata cover)
        external
        nonReentrant
        returns (bytes32 card)
    {
        _requireOwner();
        _requireCover(terms, cover);
        card = _openByAllowance(terms);
        _askGuarantors(terms, card, cover);
        _advance(terms, card);
    }

    /// @inheritdoc ISubWallet
    function openCoveredWithAuthorization(
        Terms calldata terms,
        Pledge[] calldata cover,
        bytes calldata signature
    ) external nonReentrant returns (bytes32 card) {
        _requireCover(terms, cover);
        card = _openByAuthorization(terms, signature);
        _askGuarantors(terms, card, cover);
        _advance(terms, card);
    }

    // --------------------------------------------------------------------------------------------------- admitting

    /// @dev Check the terms and write the card down; the money follows, or all is undone.
    function _admit(Terms calldata terms, bytes32 id) internal {
        if (_cards[id] != 0) revert Errors.SubWallet_CardExists(id);
        _requireInTime(terms.buyBy());

        TermsCheck.requireSound(terms);
        if (terms.recipient() == address(this)) {
            revert Errors.SubWallet_TermsInvalid("payee", uint160(address(this)));
        }
        if (terms.token.code.length == 0) revert Errors.SubWallet_TokenHasNoCode(terms.token);
        // Without code there is a code hash too, and an address that follows from it.
        bool empty = terms.template.code.length == 0;
        if (empty || Create2.computeAddress(terms.template.codehash, SHELL_HASH, TEMPLATES) != terms.template)
        {
            revert Errors.SubWallet_TemplateNotAdmitted(terms.template);
        }
        if (!MERCHANTS.maySell(terms.merchant)) revert Errors.SubWallet_MerchantMayNotSell(terms.merchant);

        Card memory card;
        card.held = uint48(terms.principal());
        card.openedAt = uint40(block.timestamp);
        card.status = Status.Open;
        if (terms.hasLadder()) card.marks = uint8(_tierNow(terms));
        _cards.store(id, card);
        ++_openedCount;
        emit Opened(id, terms.merchant, terms);
    }

    /// @dev Release at opening what the terms allow before anything is consumed, if the template agrees.
    function _advance(Terms calldata terms, bytes32 id) internal {
        uint256 most = terms.advance();
        if (most == 0) return;
        Card memory card = _cards.load(id);
        uint256 paid = _release(terms, card, block.timestamp, most);
        if (paid == 0) return;
        _cards.store(id, card);
        emit Advanced(id, paid);
        IERC20(terms.token).safeTransfer(terms.recipient(), paid);
    }

    // ----------------------------------------------------------------------------------------------------- paying

    function _openByAllowance(Terms calldata terms) private returns (bytes32 id) {
        id = cardId(terms);
        _admit(terms, id);
        _pull(terms, terms.principal());
    }

    function _openByAuthorization(Terms calldata terms, bytes calldata signature)
        private
        returns (bytes32 id)
    {
        id = cardId(terms);
        _admit(terms, id);
        _requirePaymentSigned(terms, id, signature);
        uint256 before = IERC20(terms.token).balanceOf(address(this));
        IDigitalYuan(terms.token)
            .receiveWithAuthorization(
                owner(), address(this), terms.principal(), 0, terms.buyBy() + 1, id, signature
            );
        _requireDelivered(terms, before, terms.principal());
    }

    function _pull(Terms calldata terms, uint256 amount) internal {
        uint256 before = IERC20(terms.token).balanceOf(address(this));
        IERC20(terms.token).safeTransferFrom(owner(), address(this), amount);
        _requireDelivered(terms, before, amount);
    }

    function _requireDelivered(Terms calldata terms, uint256 before, uint256 amount) private view {
        uint256 delivered = IERC20(terms.token).balanceOf(address(this)) - before;
        if (delivered != amount) {
            revert Errors.SubWallet_TokenDeliveredWrongly(terms.token, amount, delivered);
        }
    }

    /// @dev The token checks this signature as well, but a hostile token would let anyone open cards in its name. Its
    /// domain may be a lie too: whatever it is, the consumer must have signed it together with this card's id.
    function _requirePaymentSigned(Terms calldata terms, bytes32 id, bytes calldata signature) private view {
        bytes32 structHash =
            Messages.hashPayment(owner(), address(this), terms.principal(), terms.buyBy() + 1, id);
        _requireSignedIn(IERC20Permit(terms.token).DOMAIN_SEPARATOR(), owner(), structHash, signature);
    }

    // ----------------------------------------------------------------------------------------------------- covering

    function _requireUncovered(Terms calldata terms) private pure {
        if (terms.cover != 0) revert Errors.SubWallet_TermsInvalid("cover", uint256(terms.cover));
    }

    /// @dev Guarantors are those that the terms name, each once, each a contract that can answer.
    function _requireCover(Terms calldata terms, Pledge[] calldata cover) internal view {
        bytes32 given = keccak256(abi.encode(cover));
        if (given != terms.cover) revert Errors.SubWallet_CoverMismatch(terms.cover, given);
        if (cover.length == 0 || cover.length > MOST_GUARANTORS) {
            revert Errors.SubWallet_TermsInvalid("cover", cover.length);
        }
        for (uint256 i = 0; i < cover.length; ++i) {
            address guarantor = cover[i].guarantor;
            bool fit = cover[i].limit != 0 && guarantor.code.length != 0;
            for (uint256 j = 0; j < i; ++j) {
                fit = fit && cover[j].guarantor != guarantor;
            }
            if (!fit) revert Errors.SubWallet_PledgeUnfit(i, guarantor, cover[i].limit);
        }
    }

    /// @dev Each must stand for the card, or there is no card. The card is written down and paid for by now, and nothing
    /// can be called back into.
    function _askGuarantors(Terms calldata terms, bytes32 id, Pledge[] calldata cover) internal {
        for (uint256 i = 0; i < cover.length; ++i) {
            IGuarantor(cover[i].guarantor).accept(id, terms, cover[i].limit);
        }
    }
}
