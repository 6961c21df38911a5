// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IDigitalYuan} from "../interfaces/IDigitalYuan.sol";
import {IMerchantRegistry} from "../interfaces/IMerchantRegistry.sol";
import {IPrepaidTemplate} from "../interfaces/IPrepaidTemplate.sol";
import {Consumption, ISubWallet, Voucher} from "../interfaces/ISubWallet.sol";
import {ITemplateRegistry} from "../interfaces/ITemplateRegistry.sol";
import {Bounded} from "../libraries/Bounded.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {CardSlot} from "../libraries/CardSlot.sol";
import {Errors} from "../libraries/Errors.sol";
import {Messages} from "../libraries/Messages.sol";
import {Signatures} from "../libraries/Signatures.sol";
import {TermsCheck} from "../libraries/TermsCheck.sol";
import {Card, Status} from "../types/Card.sol";
import {Terms} from "../types/Terms.sol";
import {Cause, Usage} from "../types/Usage.sol";

/// @notice The only place where a consumer's frozen money moves. One clone for each consumer.
///
/// @dev While a card is open, `released + held` is its principal. Templates are asked and bounded; see `IPrepaidTemplate`.
/// No key but the consumer's reaches held money, and nobody's leave is needed to end a card.
contract SubWallet is ISubWallet, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using CardSlot for mapping(bytes32 => uint256);

    uint256 private constant BPS = 10_000;

    uint256 private constant EXPIRY_EXTENDS = 0;
    uint256 private constant COOLING_USE_ENDS_IT = 2;
    uint256 private constant HAD_SAME_GOODS = 1;

    // Behind the 45 bytes of the clone's code.
    uint256 private constant OWNER_OFFSET = 0x2d;

    // An admitted template's address follows from its code, so no storage need be asked; see `TemplateRegistry`.
    address private immutable TEMPLATES;
    bytes32 private immutable SHELL_HASH;

    IMerchantRegistry private immutable MERCHANTS;

    // Ids keep the chain id they were made under, so that cards stay reachable if the chain's id ever changes.
    uint256 private immutable CHAIN;

    mapping(bytes32 => uint256) private _cards;
    uint256 private _openedCount;

    constructor(ITemplateRegistry templates, IMerchantRegistry merchants) {
        TEMPLATES = address(templates);
        SHELL_HASH = templates.shellHash();
        MERCHANTS = merchants;
        CHAIN = block.chainid;
    }

    // ---------------------------------------------------------------------------------------------------- opening

    /// @inheritdoc ISubWallet
    function open(Terms calldata terms) external nonReentrant returns (bytes32 card) {
        _requireOwner();
        card = _admit(terms);
        _pull(terms);
        _advance(terms, card);
    }

    /// @inheritdoc ISubWallet
    function openBySig(Terms calldata terms, bytes calldata signature)
        external
        nonReentrant
        returns (bytes32 card)
    {
        _requireSigned(owner(), Messages.hashTerms(terms), signature);
        card = _admit(terms);
        _pull(terms);
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
        card = _admit(terms);
        // Anyone may have used this permit already; then the allowance is there, or the pull says that it is not.
        // solhint-disable no-empty-blocks
        try IERC20Permit(terms.token)
            .permit(owner(), address(this), terms.principal(), permitDeadline, v, r, s) {}
            catch {}
        // solhint-enable no-empty-blocks
        _pull(terms);
        _advance(terms, card);
    }

    /// @inheritdoc ISubWallet
    function openWithAuthorization(Terms calldata terms, bytes calldata signature)
        external
        nonReentrant
        returns (bytes32 card)
    {
        card = _admit(terms);
        _requirePaymentSigned(terms, card, signature);
        uint256 before = IERC20(terms.token).balanceOf(address(this));
        IDigitalYuan(terms.token)
            .receiveWithAuthorization(
                owner(), address(this), terms.principal(), 0, terms.buyBy() + 1, card, signature
            );
        _requireDelivered(terms, before);
        _advance(terms, card);
    }

    // ------------------------------------------------------------------------------------------------- consuming

    /// @inheritdoc ISubWallet
    function consume(Terms calldata terms, Consumption calldata consumption, bytes calldata signature)
        external
        nonReentrant
        returns (uint256 paid)
    {
        (bytes32 id, Card memory card) = _requireOpen(terms);
        paid = _use(terms, id, card, consumption, signature);
        _cards.store(id, card);
        if (paid != 0) IERC20(terms.token).safeTransfer(terms.recipient(), paid);
    }

    /// @inheritdoc ISubWallet
    function consumeMany(
        Terms calldata terms,
        Consumption[] calldata consumptions,
        bytes[] calldata signatures
    ) external nonReentrant returns (uint256 paid) {
        (bytes32 id, Card memory card) = _requireOpen(terms);
        for (uint256 i = 0; i < consumptions.length; ++i) {
            paid += _use(terms, id, card, consumptions[i], signatures[i]);
        }
        _cards.store(id, card);
        if (paid != 0) IERC20(terms.token).safeTransfer(terms.recipient(), paid);
    }

    /// @inheritdoc ISubWallet
    function redeem(Terms calldata terms, Voucher calldata voucher, bytes calldata signature)
        external
        nonReentrant
        returns (uint256 paid)
    {
        (bytes32 id, Card memory card) = _requireOpen(terms);

        // Check: switched on, in time, of this epoch, signed.
        if (!terms.takesVouchers()) revert Errors.SubWallet_VouchersOff(id);
        _requireFresh(id, card, voucher.deadline, voucher.epoch);
        _requireSigned(owner(), keccak256(abi.encode(Messages.VOUCHER_TYPEHASH, id, voucher)), signature);

        // Effect: totals and money.
        paid = _recordUse(terms, card, voucher.usedAfter, voucher.listedAfter);
        if (card.released > voucher.maxReleased) {
            revert Errors.SubWallet_PaysTooMuch(card.released, voucher.maxReleased);
        }
        _cards.store(id, card);
        emit Redeemed(id, card.used, card.listed, paid, card.released);

        // Interaction: pay the merchant.
        if (paid != 0) IERC20(terms.token).safeTransfer(terms.recipient(), paid);
    }

    // ---------------------------------------------------------------------------------------------------- ending

    /// @inheritdoc ISubWallet
    function terminate(Terms calldata terms, uint256 minRefund)
        external
        nonReentrant
        returns (uint256 refund)
    {
        _requireOwner();
        (bytes32 id, Card memory card) = _requireOpen(terms);
        refund = _close(terms, id, card, minRefund);
    }

    /// @inheritdoc ISubWallet
    function terminateBySig(
        Terms calldata terms,
        uint256 minRefund,
        uint256 deadline,
        bytes calldata signature
    ) external nonReentrant returns (uint256 refund) {
        (bytes32 id, Card memory card) = _requireOpen(terms);
        _requireInTime(deadline);
        _requireSigned(
            owner(),
            keccak256(abi.encode(Messages.TERMINATE_TYPEHASH, id, minRefund, deadline, card.epoch)),
            signature
        );
        refund = _close(terms, id, card, minRefund);
    }

    /// @inheritdoc ISubWallet
    function settle(Terms calldata terms) external nonReentrant {
        (bytes32 id, Card memory card) = _requireOpen(terms);
        (bool known, uint256 stoppedAt) =
            Bounded.askStopped(address(MERCHANTS), terms.merchant, card.openedAt);
        bool stopped = known && stoppedAt != 0;

        bool expired = _isExpired(terms, Calendar.daysBetween(card.openedAt, block.timestamp));
        if ((expired && terms.expiryPolicy() != EXPIRY_EXTENDS) || (stopped && terms.refundOnClosure())) {
            _close(terms, id, card, 0); // nobody signed for a least refund
            return;
        }
        // Time alone releases nothing while nobody can say whether the merchant still performs.
        if (!known) revert Errors.SubWallet_NothingDue(id);
        _accrue(terms, id, card, stopped ? Math.min(stoppedAt, block.timestamp) : block.timestamp);
    }

    /// @inheritdoc ISubWallet
    function collect(Terms calldata terms) external nonReentrant returns (uint256 amount) {
        amount = _collect(terms, terms.recipient());
    }

    /// @inheritdoc ISubWallet
    function collectTo(Terms calldata terms, address to, uint256 deadline, bytes calldata signature)
        external
        nonReentrant
        returns (uint256 amount)
    {
        if (msg.sender != terms.recipient()) {
            _requireInTime(deadline);
            bytes32 message = keccak256(abi.encode(Messages.REDIRECT_TYPEHASH, cardId(terms), to, deadline));
            _requireSigned(terms.recipient(), message, signature);
        }
        amount = _collect(terms, to);
    }

    /// @inheritdoc ISubWallet
    function bumpEpoch(bytes32 card, uint256 epoch) external nonReentrant {
        _requireOwner();
        _bumpEpoch(card, epoch);
    }

    /// @inheritdoc ISubWallet
    function bumpEpochBySig(bytes32 card, uint256 epoch, uint256 deadline, bytes calldata signature)
        external
        nonReentrant
    {
        _requireInTime(deadline);
        _requireSigned(
            owner(), keccak256(abi.encode(Messages.BUMP_EPOCH_TYPEHASH, card, epoch, deadline)), signature
        );
        _bumpEpoch(card, epoch);
    }

    /// @inheritdoc ISubWallet
    function sweep(address token, Terms[] calldata opened) external nonReentrant returns (uint256 surplus) {
        _requireOwner();
        if (opened.length != _openedCount) {
            revert Errors.SubWallet_CardListIncomplete(opened.length, _openedCount);
        }
        uint256 frozen = 0;
        bytes32 last = 0;
        for (uint256 i = 0; i < opened.length; ++i) {
            bytes32 id = cardId(opened[i]);
            Card memory card = _cards.load(id);
            if (id <= last || card.status == Status.None) {
                revert Errors.SubWallet_CardListIncomplete(i, _openedCount);
            }
            last = id;
            if (opened[i].token == token && (card.status == Status.Open || card.status == Status.Owing)) {
                frozen += card.held;
            }
        }
        surplus = IERC20(token).balanceOf(address(this)) - frozen;
        emit Swept(token, surplus);
        IERC20(token).safeTransfer(owner(), surplus);
    }

    // --------------------------------------------------------------------------------------------------- reading

    /// @inheritdoc ISubWallet
    function owner() public view returns (address consumer) {
        // The twenty bytes behind the clone's code, as the factory laid them down.
        assembly ("memory-safe") {
            extcodecopy(address(), 0x00, OWNER_OFFSET, 0x20)
            consumer := shr(96, mload(0x00))
        }
    }

    /// @inheritdoc ISubWallet
    function openedCount() external view returns (uint256) {
        return _openedCount;
    }

    /// @inheritdoc ISubWallet
    function cardId(Terms calldata terms) public view returns (bytes32) {
        return Messages.digest(Messages.domain(CHAIN, address(this)), Messages.hashTerms(terms));
    }

    /// @inheritdoc ISubWallet
    function cardOf(bytes32 card) external view returns (Card memory) {
        return _cards.load(card);
    }

    /// @inheritdoc ISubWallet
    function quote(Terms calldata terms) external view returns (uint256 owed, Cause cause) {
        (, Card memory card) = _requireOpen(terms);
        return _quote(terms, card);
    }

    // -------------------------------------------------------------------------------------------- opening, inside

    /// @dev Check the terms and write the card down; the money follows, or all is undone.
    function _admit(Terms calldata terms) private returns (bytes32 id) {
        id = cardId(terms);
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
        _cards.store(id, card);
        ++_openedCount;
        emit Opened(id, terms.merchant, terms);
    }

    function _pull(Terms calldata terms) private {
        uint256 before = IERC20(terms.token).balanceOf(address(this));
        IERC20(terms.token).safeTransferFrom(owner(), address(this), terms.principal());
        _requireDelivered(terms, before);
    }

    function _requireDelivered(Terms calldata terms, uint256 before) private view {
        uint256 delivered = IERC20(terms.token).balanceOf(address(this)) - before;
        if (delivered != terms.principal()) {
            revert Errors.SubWallet_TokenDeliveredWrongly(terms.token, terms.principal(), delivered);
        }
    }

    /// @dev Release at opening what the terms allow before anything is consumed, if the template agrees.
    function _advance(Terms calldata terms, bytes32 id) private {
        uint256 most = terms.advance();
        if (most == 0) return;
        Card memory card = _cards.load(id);
        uint256 paid = _release(terms, card, block.timestamp, most);
        if (paid == 0) return;
        _cards.store(id, card);
        emit Advanced(id, paid);
        IERC20(terms.token).safeTransfer(terms.recipient(), paid);
    }

    // ------------------------------------------------------------------------------------------ consuming, inside

    /// @dev One authorised charge: checked and written into `card`; the caller stores it and moves the money.
    function _use(
        Terms calldata terms,
        bytes32 id,
        Card memory card,
        Consumption calldata consumption,
        bytes calldata signature
    ) private returns (uint256 paid) {
        _requireFresh(id, card, consumption.deadline, consumption.epoch);
        _requireSigned(owner(), Messages.hashConsumption(id, consumption), signature);
        paid = _recordUse(terms, card, consumption.usedAfter, consumption.listedAfter);
        if (paid > consumption.maxPay) revert Errors.SubWallet_PaysTooMuch(paid, consumption.maxPay);
        emit Consumed(id, consumption.charge, card.used, card.listed, paid, card.released);
    }

    function _recordUse(Terms calldata terms, Card memory card, uint256 usedAfter, uint256 listedAfter)
        private
        view
        returns (uint256 paid)
    {
        // A total never falls and one must grow: a signature works once, in order, without a nonce.
        if (
            usedAfter < card.used || listedAfter < card.listed
                || (usedAfter == card.used && listedAfter == card.listed)
        ) {
            revert Errors.SubWallet_TotalsNotGrowing(card.used, usedAfter, card.listed, listedAfter);
        }
        card.used = CardSlot.to48(usedAfter);
        card.listed = CardSlot.to48(listedAfter);
        paid = _release(terms, card, block.timestamp, type(uint256).max);
    }

    /// @dev Ask the template for the released total, bound it by the principal and by `most`, and let it never fall.
    function _release(Terms calldata terms, Card memory card, uint256 asOf, uint256 most)
        private
        view
        returns (uint256 paid)
    {
        (bool ok, uint256 total) =
            Bounded.askTemplate(IPrepaidTemplate.released.selector, terms, _usage(terms, card, asOf), 0);
        if (!ok) revert Errors.SubWallet_TemplateFailed(terms.template, bytes4(bytes32(total)));
        if (total > most) total = most;
        if (total > terms.principal()) total = terms.principal();
        if (total <= card.released) return 0;
        paid = total - card.released;
        card.released = uint48(total);
        card.held -= uint48(paid);
    }

    function _accrue(Terms calldata terms, bytes32 id, Card memory card, uint256 asOf) private {
        uint256 most = _accrued(terms, Calendar.daysBetween(card.openedAt, asOf));
        uint256 paid = most == 0 ? 0 : _release(terms, card, asOf, most);
        if (paid == 0) revert Errors.SubWallet_NothingDue(id);
        _cards.store(id, card);
        emit Accrued(id, paid, card.released);
        IERC20(terms.token).safeTransfer(terms.recipient(), paid);
    }

    // --------------------------------------------------------------------------------------------- ending, inside

    function _close(Terms calldata terms, bytes32 id, Card memory card, uint256 minRefund)
        private
        returns (uint256 refund)
    {
        (uint256 owed, Cause cause) = _quote(terms, card);
        uint256 held = card.held;
        refund = owed < held ? owed : held;
        if (refund < minRefund) revert Errors.SubWallet_RefundTooLow(refund, minRefund);

        // Effect: what is left in the card is the merchant's, to be collected, or the shortfall.
        if (owed > held) {
            card.status = Status.Short;
            card.held = uint48(owed - held);
        } else {
            card.status = held == refund ? Status.Closed : Status.Owing;
            card.held = uint48(held - refund);
        }
        _cards.store(id, card);
        emit Closed(id, cause, refund, held - refund, owed - refund);

        // Interaction: the consumer's money goes home. Nobody else is paid here, so nobody else can stop it.
        if (refund != 0) IERC20(terms.token).safeTransfer(owner(), refund);
    }

    function _collect(Terms calldata terms, address to) private returns (uint256 amount) {
        bytes32 id = cardId(terms);
        Card memory card = _cards.load(id);
        if (card.status != Status.Owing) revert Errors.SubWallet_NothingToCollect(id, card.status);
        amount = card.held;
        card.held = 0;
        card.status = Status.Closed;
        _cards.store(id, card);
        emit Collected(id, to, amount);
        IERC20(terms.token).safeTransfer(to, amount);
    }

    function _bumpEpoch(bytes32 id, uint256 epoch) private {
        Card memory card = _cards.load(id);
        if (card.status != Status.Open) revert Errors.SubWallet_CardNotOpen(id, card.status);
        if (epoch <= card.epoch) revert Errors.SubWallet_EpochNotGrowing(card.epoch, epoch);
        if (epoch > type(uint16).max) revert Errors.SubWallet_NumberTooLarge(epoch);
        card.epoch = uint16(epoch);
        _cards.store(id, card);
        emit EpochBumped(id, epoch);
    }

    /// @dev Cooling-off, expiry or the consumer's own wish; and the merchant's stop wherever that is better.
    function _quote(Terms calldata terms, Card memory card) private view returns (uint256 owed, Cause cause) {
        Usage memory usage = _usage(terms, card, block.timestamp);
        if (_isCoolingOff(terms, usage)) cause = Cause.CoolingOff;
        else if (_isExpired(terms, usage.elapsed)) cause = Cause.Expiry;
        else cause = Cause.Consumer;
        owed = _owed(terms, card, usage, cause);

        (bool known, uint256 stoppedAt) =
            Bounded.askStopped(address(MERCHANTS), terms.merchant, card.openedAt);
        if (known && stoppedAt == 0) return (owed, cause);
        // A registry that cannot answer must not cost the consumer anything.
        if (known) usage.elapsed = Calendar.daysBetween(card.openedAt, Math.min(stoppedAt, block.timestamp));
        uint256 better = _owed(terms, card, usage, Cause.NotConsumer);
        if (better >= owed) return (better, Cause.NotConsumer);
    }

    /// @dev The template's answer within what the consumer signed: the merchant's total at exit is at most the greatest
    /// of what was released, what was used at list price and what time alone has earned; then the capped exit fee.
    function _owed(Terms calldata terms, Card memory card, Usage memory usage, Cause cause)
        private
        view
        returns (uint256 owed)
    {
        uint256 principal = terms.principal();
        bool ok;
        (ok, owed) = Bounded.askTemplate(IPrepaidTemplate.entitlement.selector, terms, usage, uint256(cause));
        if (!ok) return principal - card.released;

        uint256 most = Math.max(card.released, Math.max(card.listed, _accrued(terms, usage.elapsed)));
        uint256 least = most < principal ? principal - most : 0;
        if (owed < least) owed = least;
        if (owed > principal) owed = principal;
        if (cause == Cause.Consumer) owed -= Math.min(owed * terms.exitFeeBps() / BPS, terms.exitFeeCap());
    }

    /// @dev Most that time alone has earned after `elapsed` days; the plain fields that the consumer signed.
    function _accrued(Terms calldata terms, uint256 elapsed) private pure returns (uint256) {
        uint256 period = terms.accrualDays();
        if (period == 0 || elapsed <= terms.coolingDays()) return 0;
        return terms.accrual() * (elapsed / period);
    }

    function _isCoolingOff(Terms calldata terms, Usage memory usage) private pure returns (bool) {
        uint256 coolingDays = terms.coolingDays();
        if (coolingDays == 0 || usage.elapsed > coolingDays) return false;
        if (usage.facts & HAD_SAME_GOODS != 0) return false;
        return terms.coolingUse() != COOLING_USE_ENDS_IT || (usage.used == 0 && usage.listed == 0);
    }

    function _isExpired(Terms calldata terms, uint256 elapsed) private pure returns (bool) {
        uint256 term = terms.termDays();
        return term != 0 && elapsed > term;
    }

    function _usage(Terms calldata terms, Card memory card, uint256 asOf)
        private
        pure
        returns (Usage memory usage)
    {
        usage.used = card.used;
        usage.listed = card.listed;
        usage.released = card.released;
        usage.elapsed = Calendar.daysBetween(card.openedAt, asOf);
        usage.facts = terms.declared();
    }

    // ------------------------------------------------------------------------------------------------- requiring

    function _requireOwner() private view {
        if (msg.sender != owner()) revert Errors.SubWallet_NotConsumer(msg.sender, owner());
    }

    function _requireOpen(Terms calldata terms) private view returns (bytes32 id, Card memory card) {
        id = cardId(terms);
        card = _cards.load(id);
        if (card.status != Status.Open) revert Errors.SubWallet_CardNotOpen(id, card.status);
    }

    function _requireFresh(bytes32 id, Card memory card, uint256 deadline, uint256 epoch) private view {
        _requireInTime(deadline);
        if (epoch != card.epoch) revert Errors.SubWallet_EpochVoided(id, epoch, card.epoch);
    }

    /// @dev The token checks this signature as well, but a hostile token would let anyone open cards in its name. Its
    /// domain may be a lie too: whatever it is, the consumer must have signed it together with this card's id.
    function _requirePaymentSigned(Terms calldata terms, bytes32 id, bytes calldata signature) private view {
        bytes32 structHash =
            Messages.hashPayment(owner(), address(this), terms.principal(), terms.buyBy() + 1, id);
        bytes32 digest = Messages.digest(IERC20Permit(terms.token).DOMAIN_SEPARATOR(), structHash);
        if (!Signatures.isValid(owner(), digest, signature)) {
            revert Errors.SubWallet_SignatureInvalid(owner(), digest);
        }
    }

    function _requireInTime(uint256 deadline) private view {
        if (block.timestamp > deadline) revert Errors.SubWallet_DeadlinePassed(deadline, block.timestamp);
    }

    function _requireSigned(address signer, bytes32 structHash, bytes calldata signature) private view {
        bytes32 digest = Messages.digest(Messages.domain(block.chainid, address(this)), structHash);
        if (!Signatures.isValid(signer, digest, signature)) {
            revert Errors.SubWallet_SignatureInvalid(signer, digest);
        }
    }
}
