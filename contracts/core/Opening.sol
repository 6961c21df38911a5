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
import {Errors} from "../libraries/Errors.sol";
import {Messages} from "../libraries/Messages.sol";
import {TermsCheck} from "../libraries/TermsCheck.sol";
import {Pledge} from "../types/Cover.sol";
import {opened, Slot} from "../types/Slot.sol";
import {Terms} from "../types/Terms.sol";
import {Valuation} from "./Valuation.sol";

/// @notice Part of `SubWallet`: how a card comes to be. Checked and written down first, then paid for, then accepted by
/// its guarantors; the advance leaves last.
abstract contract Opening is Valuation {
    using SafeERC20 for IERC20;

    uint256 private constant MOST_GUARANTORS = 4;
    bytes32 private constant NO_CODE = keccak256("");

    // An admitted template's address follows from its code, so no storage need be asked; see `TemplateRegistry`.
    address private immutable TEMPLATES;
    bytes32 private immutable SHELL_HASH;

    constructor(ITemplateRegistry templates) {
        TEMPLATES = address(templates);
        SHELL_HASH = templates.shellHash();
    }

    /// @inheritdoc ISubWallet
    function open(Terms calldata terms) external nonReentrant returns (bytes32 card) {
        address consumer = _requireOwner();
        _requireUncovered(terms);
        card = _openByAllowance(terms, consumer);
        _advance(terms, card);
    }

    /// @inheritdoc ISubWallet
    function openBySig(Terms calldata terms, bytes calldata signature)
        external
        nonReentrant
        returns (bytes32 card)
    {
        address consumer = owner();
        _requireSigned(consumer, Messages.hashTerms(terms), signature);
        _requireUncovered(terms);
        card = _openByAllowance(terms, consumer);
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
        _pull(terms, owner(), terms.principal());
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
        address consumer = _requireOwner();
        _requireCover(terms, cover);
        card = _openByAllowance(terms, consumer);
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
        if (Slot.unwrap(_cards[id]) != 0) revert Errors.SubWallet_CardExists(id);
        _requireInTime(terms.buyBy());

        TermsCheck.requireSound(terms);
        if (terms.recipient() == address(this)) {
            revert Errors.SubWallet_TermsInvalid("payee", uint160(address(this)));
        }
        if (terms.token.code.length == 0) revert Errors.SubWallet_TokenHasNoCode(terms.token);
        // Without code there is a code hash too, zero or that of nothing, and an address that follows from it.
        address template = terms.template;
        bytes32 codeHash = template.codehash;
        bool empty = codeHash == 0 || codeHash == NO_CODE;
        if (empty || Create2.computeAddress(codeHash, SHELL_HASH, TEMPLATES) != template) {
            revert Errors.SubWallet_TemplateNotAdmitted(template);
        }
        if (!MERCHANTS.maySell(terms.merchant)) revert Errors.SubWallet_MerchantMayNotSell(terms.merchant);

        _cards[id] = opened(terms.principal(), block.timestamp, terms.hasLadder() ? _tierNow(terms) : 0);
        ++_openedCount;
        _emitOpened(id, terms);
    }

    /// @dev `emit Opened(id, terms.merchant, terms)`, the twelve words as they came: taking them apart to put them together
    /// again costs 700 gas more.
    function _emitOpened(bytes32 id, Terms calldata terms) private {
        bytes32 topic = Opened.selector;
        address merchant = terms.merchant;
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, terms, 0x180)
            log3(free, 0x180, topic, id, merchant)
        }
    }

    /// @dev Release at opening what the terms allow before anything is consumed, if the template agrees.
    function _advance(Terms calldata terms, bytes32 id) internal {
        uint256 most = terms.advance();
        if (most == 0) return;
        (Slot card, uint256 paid) = _releaseAt(terms, _cards[id], block.timestamp, most);
        if (paid == 0) return;
        _cards[id] = card;
        emit Advanced(id, paid);
        IERC20(terms.token).safeTransfer(terms.recipient(), paid);
    }

    // ----------------------------------------------------------------------------------------------------- paying

    function _openByAllowance(Terms calldata terms, address consumer) private returns (bytes32 id) {
        id = cardId(terms);
        _admit(terms, id);
        _pull(terms, consumer, terms.principal());
    }

    function _openByAuthorization(Terms calldata terms, bytes calldata signature)
        private
        returns (bytes32 id)
    {
        id = cardId(terms);
        _admit(terms, id);
        (address consumer, uint256 principal, uint256 until) = (owner(), terms.principal(), terms.buyBy() + 1);
        _requirePaymentSigned(
            terms.token,
            consumer,
            Messages.hashPayment(consumer, address(this), principal, until, id),
            signature
        );
        uint256 before = IERC20(terms.token).balanceOf(address(this));
        IDigitalYuan(terms.token)
            .receiveWithAuthorization(consumer, address(this), principal, 0, until, id, signature);
        _requireDelivered(terms, before, principal);
    }

    function _pull(Terms calldata terms, address consumer, uint256 amount) internal {
        uint256 before = IERC20(terms.token).balanceOf(address(this));
        IERC20(terms.token).safeTransferFrom(consumer, address(this), amount);
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
    function _requirePaymentSigned(
        address token,
        address consumer,
        bytes32 structHash,
        bytes calldata signature
    ) private view {
        _requireSignedUnder(IERC20Permit(token).DOMAIN_SEPARATOR(), consumer, structHash, signature);
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
