// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IMerchantRegistry} from "../interfaces/IMerchantRegistry.sol";
import {IPrepaidTemplate} from "../interfaces/IPrepaidTemplate.sol";
import {ISubWallet} from "../interfaces/ISubWallet.sol";
import {Bounded} from "../libraries/Bounded.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {Errors} from "../libraries/Errors.sol";
import {NOT_CONSUMER, TIER} from "../types/Card.sol";
import {Slot} from "../types/Slot.sol";
import {Terms} from "../types/Terms.sol";
import {Cause, Usage} from "../types/Usage.sol";
import {Cards} from "./Cards.sol";

/// @notice Part of `SubWallet`: what a card releases and what it owes. Templates and the registry are asked here, and
/// their answers bounded by what the consumer signed; no money moves here.
abstract contract Valuation is Cards {
    uint256 private constant BPS = 10_000;
    uint256 private constant EXPIRY_EXTENDS = 0;
    uint256 private constant COOLING_USE_ENDS_IT = 2;
    uint256 private constant HAD_SAME_GOODS = 1;

    IMerchantRegistry internal immutable MERCHANTS;

    constructor(IMerchantRegistry merchants) {
        MERCHANTS = merchants;
    }

    /// @inheritdoc ISubWallet
    function quote(Terms calldata terms) external view returns (uint256 owed, Cause cause) {
        (, Slot card) = _requireOpen(terms);
        return _quote(terms, card);
    }

    // ------------------------------------------------------------------------------------------------ releasing

    /// @dev Write down what a release at `asOf` depends on beside the totals.
    function _observe(Usage memory usage, Terms calldata terms, Slot card, uint256 asOf) internal view {
        _date(usage, terms, card, asOf);
        // A tier that fell counts at once where the terms say so; one that rose since the opening never does.
        if (usage.tier != 0 && terms.ladderForAll()) usage.tier = Math.min(usage.tier, _tierNow(terms));
    }

    /// @dev What may be released at `asOf`, `most` in all.
    function _releaseAt(Terms calldata terms, Slot card, uint256 asOf, uint256 most)
        internal
        view
        returns (Slot after_, uint256 paid)
    {
        Usage memory usage;
        _observe(usage, terms, card, asOf);
        return _release(terms, card, usage, most);
    }

    /// @dev Ask the template for the released total, bound it by the principal and by `most`, and let it never fall. What
    /// is not released is held: the two make the principal, whatever was answered.
    ///
    /// @param usage as observed; the totals are taken from the card
    function _release(Terms calldata terms, Slot card, Usage memory usage, uint256 most)
        internal
        view
        returns (Slot after_, uint256 paid)
    {
        _count(usage, card);
        (bool ok, uint256 total) = Bounded.askTemplate(IPrepaidTemplate.released.selector, terms, usage, 0);
        if (!ok) revert Errors.SubWallet_TemplateFailed(terms.template, bytes4(bytes32(total)));
        uint256 principal = terms.principal();
        if (total > most) total = most;
        if (total > principal) total = principal;
        uint256 before = card.released();
        if (total <= before) return (card, 0);
        unchecked {
            return (card.withMoney(total, principal - total), total - before);
        }
    }

    /// @dev Most that time alone has earned after `elapsed` days; the plain fields that the consumer signed.
    function _accrued(Terms calldata terms, uint256 elapsed) internal pure returns (uint256) {
        uint256 period = terms.accrualDays();
        if (period == 0 || elapsed <= terms.coolingDays()) return 0;
        return terms.accrual() * (elapsed / period);
    }

    /// @dev Up to when time may release: now, or when the merchant stopped, or not at all while nobody can say.
    function _performedUntil(Terms calldata terms, Slot card)
        internal
        view
        returns (bool known, bool stopped, uint256 asOf)
    {
        uint256 stoppedAt;
        (known, stoppedAt) = Bounded.askStopped(address(MERCHANTS), terms.merchant, card.openedAt());
        stopped = known && stoppedAt != 0;
        asOf = stopped ? Math.min(stoppedAt, block.timestamp) : block.timestamp;
    }

    /// @dev The merchant's credit tier today; none if nobody can say.
    function _tierNow(Terms calldata terms) internal view returns (uint256) {
        (bool ok, uint256 tier) = Bounded.askTier(address(MERCHANTS), terms.merchant);
        return ok && tier <= TIER ? tier : 0;
    }

    // --------------------------------------------------------------------------------------------------- owing

    /// @dev Cooling-off, expiry or the consumer's own wish; and a cause that is not the consumer's, found or because the
    /// merchant stopped, wherever that is better.
    function _quote(Terms calldata terms, Slot card) internal view returns (uint256 owed, Cause cause) {
        Usage memory usage;
        _date(usage, terms, card, block.timestamp);
        _count(usage, card);
        if (_isCoolingOff(terms, usage)) cause = Cause.CoolingOff;
        else if (_isExpired(terms, usage.elapsed)) cause = Cause.Expiry;
        else cause = Cause.Consumer;
        owed = _owed(terms, usage, cause);

        if (card.marks() & NOT_CONSUMER != 0) {
            uint256 found = _owed(terms, usage, Cause.NotConsumer);
            if (found >= owed) (owed, cause) = (found, Cause.NotConsumer);
        }

        (bool known, bool stopped, uint256 asOf) = _performedUntil(terms, card);
        if (known && !stopped) return (owed, cause);
        // A registry that cannot answer must not cost the consumer anything.
        usage.elapsed = Calendar.daysBetween(card.openedAt(), asOf);
        uint256 better = _owed(terms, usage, Cause.NotConsumer);
        if (better >= owed) return (better, Cause.NotConsumer);
    }

    /// @dev A card that goes on after its term has not expired, whatever the calendar says.
    function _isExpired(Terms calldata terms, uint256 elapsed) internal pure returns (bool) {
        uint256 term = terms.termDays();
        return term != 0 && elapsed > term && terms.expiryPolicy() != EXPIRY_EXTENDS;
    }

    function _isCoolingOff(Terms calldata terms, Usage memory usage) private pure returns (bool) {
        uint256 coolingDays = terms.coolingDays();
        if (coolingDays == 0 || usage.elapsed > coolingDays) return false;
        if (usage.facts & HAD_SAME_GOODS != 0) return false;
        // Goods given along are no use: they are returned or paid for, as the template says.
        return terms.coolingUse() != COOLING_USE_ENDS_IT || usage.used == 0;
    }

    /// @dev The template's answer within what the consumer signed: the merchant's total at exit is at most the greatest
    /// of what was released, what was used at list price and what time alone has earned; then the capped exit fee.
    function _owed(Terms calldata terms, Usage memory usage, Cause cause)
        private
        view
        returns (uint256 owed)
    {
        uint256 principal = terms.principal();
        bool ok;
        (ok, owed) = Bounded.askTemplate(IPrepaidTemplate.entitlement.selector, terms, usage, uint256(cause));
        if (!ok) return principal - usage.released;

        uint256 most = Math.max(usage.released, Math.max(usage.listed, _accrued(terms, usage.elapsed)));
        uint256 least = most < principal ? principal - most : 0;
        if (owed < least) owed = least;
        if (owed > principal) owed = principal;
        if (cause == Cause.Consumer) owed -= Math.min(owed * terms.exitFeeBps() / BPS, terms.exitFeeCap());
    }

    // --------------------------------------------------------------------------------------------------- usage

    function _date(Usage memory usage, Terms calldata terms, Slot card, uint256 asOf) private pure {
        usage.elapsed = Calendar.daysBetween(card.openedAt(), asOf);
        usage.tier = card.marks() & TIER;
        usage.facts = terms.declared();
    }

    function _count(Usage memory usage, Slot card) private pure {
        usage.used = card.used();
        usage.listed = card.listed();
        usage.released = card.released();
    }
}
