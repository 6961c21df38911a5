// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Certification, Consumption, ISubWallet, Voucher} from "../interfaces/ISubWallet.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {CardSlot} from "../libraries/CardSlot.sol";
import {Errors} from "../libraries/Errors.sol";
import {Messages} from "../libraries/Messages.sol";
import {Card, UNCONFIRMED} from "../types/Card.sol";
import {Terms} from "../types/Terms.sol";
import {Valuation} from "./Valuation.sol";

/// @notice Part of `SubWallet`: what was used, signed by the consumer or, where the terms name one, by a certifier.
abstract contract Consuming is Valuation {
    using SafeERC20 for IERC20;
    using CardSlot for mapping(bytes32 => uint256);

    uint256 private constant ON_CONDITIONS = 2;

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
        _countUp(card, voucher.usedAfter, voucher.listedAfter);
        paid = _release(terms, card, block.timestamp, type(uint256).max);
        if (card.released > voucher.maxReleased) {
            revert Errors.SubWallet_PaysTooMuch(card.released, voucher.maxReleased);
        }
        _cards.store(id, card);
        emit Redeemed(id, card.used, card.listed, paid, card.released);

        // Interaction: pay the merchant.
        if (paid != 0) IERC20(terms.token).safeTransfer(terms.recipient(), paid);
    }

    /// @inheritdoc ISubWallet
    function certify(Terms calldata terms, Certification calldata certification, bytes calldata signature)
        external
        nonReentrant
        returns (uint256 paid)
    {
        (bytes32 id, Card memory card) = _requireOpen(terms);

        // Check: there is a certifier, and this is its word, in time, of this epoch.
        if (terms.certifier == address(0)) revert Errors.SubWallet_NoCertifier(id);
        _requireFresh(id, card, certification.deadline, certification.epoch);
        _requireSigned(
            terms.certifier,
            keccak256(abi.encode(Messages.CERTIFICATE_TYPEHASH, id, certification)),
            signature
        );

        // Effect: totals; money only on conditions that the consumer signed beforehand.
        _countUp(card, certification.usedAfter, certification.listedAfter);
        card.marks |= UNCONFIRMED;
        if (terms.trigger() == ON_CONDITIONS) paid = _releaseOnConditions(terms, card);
        _cards.store(id, card);
        emit Certified(id, certification.evidence, card.used, card.listed, paid, card.released);

        // Interaction: pay the merchant.
        if (paid != 0) IERC20(terms.token).safeTransfer(terms.recipient(), paid);
    }

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
        bool certified = terms.certifier != address(0);
        if (certified) _confirm(card, consumption.usedAfter, consumption.listedAfter);
        else _countUp(card, consumption.usedAfter, consumption.listedAfter);
        paid = _release(terms, card, block.timestamp, type(uint256).max);
        if (paid > consumption.maxPay) revert Errors.SubWallet_PaysTooMuch(paid, consumption.maxPay);
        if (certified && paid == 0) revert Errors.SubWallet_NothingDue(id);
        emit Consumed(id, consumption.charge, card.used, card.listed, paid, card.released);
    }

    function _countUp(Card memory card, uint256 usedAfter, uint256 listedAfter) private pure {
        // A total never falls and one must grow: a signature works once, in order, without a nonce.
        if (
            usedAfter < card.used || listedAfter < card.listed
                || (usedAfter == card.used && listedAfter == card.listed)
        ) {
            revert Errors.SubWallet_TotalsNotGrowing(card.used, usedAfter, card.listed, listedAfter);
        }
        card.used = CardSlot.to48(usedAfter);
        card.listed = CardSlot.to48(listedAfter);
    }

    /// @dev The totals stay as certified; so that a signature works once here too, each certificate is confirmed once.
    function _confirm(Card memory card, uint256 usedAfter, uint256 listedAfter) private pure {
        if (usedAfter != card.used || listedAfter != card.listed) {
            revert Errors.SubWallet_NotCertified(card.used, usedAfter, card.listed, listedAfter);
        }
        if (card.marks & UNCONFIRMED == 0) {
            revert Errors.SubWallet_TotalsNotGrowing(card.used, usedAfter, card.listed, listedAfter);
        }
        card.marks ^= UNCONFIRMED;
    }

    /// @dev What was certified is released by itself, within the advance and what time alone may earn: both plain fields
    /// that the consumer signed. Nothing in cooling-off, nothing while nobody can say whether the merchant performs.
    function _releaseOnConditions(Terms calldata terms, Card memory card)
        private
        view
        returns (uint256 paid)
    {
        (bool known,, uint256 asOf) = _performedUntil(terms, card);
        if (!known) return 0;
        uint256 elapsed = Calendar.daysBetween(card.openedAt, asOf);
        uint256 coolingDays = terms.coolingDays();
        if (coolingDays != 0 && elapsed <= coolingDays) return 0;
        return _release(terms, card, asOf, Math.max(terms.advance(), _accrued(terms, elapsed)));
    }
}
