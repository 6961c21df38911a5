// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Certification, Consumption, ISubWallet, Voucher} from "../interfaces/ISubWallet.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {Errors} from "../libraries/Errors.sol";
import {Messages} from "../libraries/Messages.sol";
import {UNCONFIRMED} from "../types/Card.sol";
import {LARGEST_TOTAL, Slot} from "../types/Slot.sol";
import {Terms} from "../types/Terms.sol";
import {Usage} from "../types/Usage.sol";
import {Valuation} from "./Valuation.sol";

/// @notice Part of `SubWallet`: what was used, signed by the consumer or, where the terms name one, by a certifier.
abstract contract Consuming is Valuation {
    using SafeERC20 for IERC20;

    uint256 private constant ON_CONDITIONS = 2;

    /// @inheritdoc ISubWallet
    function consume(Terms calldata terms, Consumption calldata consumption, bytes calldata signature)
        external
        nonReentrant
        returns (uint256 paid)
    {
        (bytes32 id, Slot card, Signer memory consumer) = _requireOpenToSign(terms);
        Usage memory usage;
        _observe(usage, terms, card, block.timestamp);
        Slot after_ = _use(consumer, usage, terms, id, card, consumption, signature);
        paid = after_.released() - card.released();
        _cards[id] = after_;
        if (paid != 0) IERC20(terms.token).safeTransfer(terms.recipient(), paid);
    }

    /// @inheritdoc ISubWallet
    function consumeMany(
        Terms calldata terms,
        Consumption[] calldata consumptions,
        bytes[] calldata signatures
    ) external nonReentrant returns (uint256 paid) {
        (bytes32 id, Slot card, Signer memory consumer) = _requireOpenToSign(terms);
        Usage memory usage;
        _observe(usage, terms, card, block.timestamp);
        for (uint256 i = 0; i < consumptions.length; ++i) {
            card = _use(consumer, usage, terms, id, card, consumptions[i], signatures[i]);
        }
        paid = card.released() - _cards[id].released();
        _cards[id] = card;
        if (paid != 0) IERC20(terms.token).safeTransfer(terms.recipient(), paid);
    }

    /// @inheritdoc ISubWallet
    function redeem(Terms calldata terms, Voucher calldata voucher, bytes calldata signature)
        external
        nonReentrant
        returns (uint256 paid)
    {
        (bytes32 id, Slot card) = _requireOpen(terms);

        // Check: switched on, in time, of this epoch, signed.
        if (!terms.takesVouchers()) revert Errors.SubWallet_VouchersOff(id);
        _requireFresh(id, card, voucher.deadline, voucher.epoch);
        _requireSigned(owner(), keccak256(abi.encode(Messages.VOUCHER_TYPEHASH, id, voucher)), signature);

        // Effect: totals and money.
        card = _countUp(card, voucher.usedAfter, voucher.listedAfter);
        (card, paid) = _releaseAt(terms, card, block.timestamp, type(uint256).max);
        if (card.released() > voucher.maxReleased) {
            revert Errors.SubWallet_PaysTooMuch(card.released(), voucher.maxReleased);
        }
        _cards[id] = card;
        emit Redeemed(id, card.used(), card.listed(), paid, card.released());

        // Interaction: pay the merchant.
        if (paid != 0) IERC20(terms.token).safeTransfer(terms.recipient(), paid);
    }

    /// @inheritdoc ISubWallet
    function certify(Terms calldata terms, Certification calldata certification, bytes calldata signature)
        external
        nonReentrant
        returns (uint256 paid)
    {
        (bytes32 id, Slot card) = _requireOpen(terms);

        // Check: there is a certifier, and this is its word, in time, of this epoch.
        address certifier = terms.certifier;
        if (certifier == address(0)) revert Errors.SubWallet_NoCertifier(id);
        _requireFresh(id, card, certification.deadline, certification.epoch);
        bytes32 structHash = keccak256(abi.encode(Messages.CERTIFICATE_TYPEHASH, id, certification));
        _requireSigned(certifier, structHash, signature);

        // Effect: totals; money only on conditions that the consumer signed beforehand.
        card = _countUp(card, certification.usedAfter, certification.listedAfter);
        card = card.withMarks(card.marks() | UNCONFIRMED, card.epoch());
        if (terms.trigger() == ON_CONDITIONS) (card, paid) = _releaseOnConditions(terms, card);
        _cards[id] = card;
        emit Certified(id, certification.evidence, card.used(), card.listed(), paid, card.released());

        // Interaction: pay the merchant.
        if (paid != 0) IERC20(terms.token).safeTransfer(terms.recipient(), paid);
    }

    /// @dev One authorised charge: checked, and the card as it then is; the caller stores it and moves the money.
    function _use(
        Signer memory consumer,
        Usage memory usage,
        Terms calldata terms,
        bytes32 id,
        Slot card,
        Consumption calldata consumption,
        bytes calldata signature
    ) private returns (Slot after_) {
        _requireFresh(id, card, consumption.deadline, consumption.epoch);
        bytes32 structHash = Messages.hashConsumption(id, consumption);
        _requireSignedUnder(consumer.separator, consumer.account, structHash, signature);
        bool certified = terms.certifier != address(0);
        after_ = certified
            ? _confirm(card, consumption.usedAfter, consumption.listedAfter)
            : _countUp(card, consumption.usedAfter, consumption.listedAfter);
        uint256 paid;
        (after_, paid) = _release(terms, after_, usage, type(uint256).max);
        if (paid > consumption.maxPay) revert Errors.SubWallet_PaysTooMuch(paid, consumption.maxPay);
        if (certified && paid == 0) revert Errors.SubWallet_NothingDue(id);
        emit Consumed(
            id, consumption.charge, consumption.usedAfter, consumption.listedAfter, paid, after_.released()
        );
    }

    function _countUp(Slot card, uint256 usedAfter, uint256 listedAfter) private pure returns (Slot) {
        (uint256 used, uint256 listed) = (card.used(), card.listed());
        // A total never falls and one must grow: a signature works once, in order, without a nonce.
        if (usedAfter < used || listedAfter < listed || (usedAfter == used && listedAfter == listed)) {
            revert Errors.SubWallet_TotalsNotGrowing(used, usedAfter, listed, listedAfter);
        }
        if ((usedAfter | listedAfter) > LARGEST_TOTAL) {
            revert Errors.SubWallet_NumberTooLarge(Math.max(usedAfter, listedAfter));
        }
        return card.withTotals(usedAfter, listedAfter);
    }

    /// @dev The totals stay as certified; so that a signature works once here too, each certificate is confirmed once.
    function _confirm(Slot card, uint256 usedAfter, uint256 listedAfter) private pure returns (Slot) {
        if (usedAfter != card.used() || listedAfter != card.listed()) {
            revert Errors.SubWallet_NotCertified(card.used(), usedAfter, card.listed(), listedAfter);
        }
        if (card.marks() & UNCONFIRMED == 0) {
            revert Errors.SubWallet_TotalsNotGrowing(card.used(), usedAfter, card.listed(), listedAfter);
        }
        return card.withMarks(card.marks() ^ UNCONFIRMED, card.epoch());
    }

    /// @dev What was certified is released by itself, within the advance and what time alone may earn: both plain fields
    /// that the consumer signed. Nothing in cooling-off, nothing while nobody can say whether the merchant performs.
    function _releaseOnConditions(Terms calldata terms, Slot card)
        private
        view
        returns (Slot after_, uint256 paid)
    {
        (bool known,, uint256 asOf) = _performedUntil(terms, card);
        if (!known) return (card, 0);
        uint256 elapsed = Calendar.daysBetween(card.openedAt(), asOf);
        uint256 coolingDays = terms.coolingDays();
        if (coolingDays != 0 && elapsed <= coolingDays) return (card, 0);
        uint256 most = Math.max(terms.advance(), _accrued(terms, elapsed));
        return _releaseAt(terms, card, asOf, most);
    }
}
