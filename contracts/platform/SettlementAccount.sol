// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {GuaranteeFund} from "../guarantee/GuaranteeFund.sol";
import {ISettlementAccount} from "../interfaces/ISettlementAccount.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {Errors} from "../libraries/Errors.sol";
import {SettlementPlan} from "../types/Settlement.sol";

/// @notice One merchant's settlement account; see `ISettlementAccount`.
///
/// @dev Fees are counted on all that ever arrived, so that many small arrivals pay what one large one does, and taken as
/// far as an arrival reaches. What the books hold never exceeds the balance; a surplus is money that has arrived and is
/// not entered yet.
contract SettlementAccount is ISettlementAccount, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    uint256 private constant BPS = 10_000;
    uint256 private constant MOST_DAYS = 7;
    uint256 private constant SLOTS = MOST_DAYS + 1;

    struct Books {
        // slot 0
        uint128 entered; // fen that ever arrived
        uint128 ready; // fen the merchant may withdraw
        // slot 1
        uint128 waiting; // fen in all days together
        uint128 day; // calendar day of the last entry
        // slot 2
        uint128 fees; // fen taken as service fee so far
        uint128 levies; // fen taken as levy so far
    }

    SettlementPlan private _plan;
    Books private _books;
    mapping(address receiver => uint256 fen) public dueTo;
    uint256 private _due; // fen due to all receivers together
    uint256[SLOTS] private _days; // fen that arrived on a day, by the day's number modulo eight

    constructor(SettlementPlan memory plan_) {
        if (uint256(plan_.feeBps) + plan_.levyBps > BPS) {
            revert Errors.SettlementAccount_PlanInvalid("feeBps", uint256(plan_.feeBps) + plan_.levyBps);
        }
        if (plan_.fastFeeBps > BPS) {
            revert Errors.SettlementAccount_PlanInvalid("fastFeeBps", plan_.fastFeeBps);
        }
        if (plan_.settleDays > MOST_DAYS) {
            revert Errors.SettlementAccount_PlanInvalid("settleDays", plan_.settleDays);
        }
        if (plan_.merchant == address(0)) revert Errors.SettlementAccount_PlanInvalid("merchant", 0);
        if (
            (plan_.feeBps != 0 && plan_.platform == address(0))
                || (plan_.levyBps != 0 && plan_.fund == address(0))
                || (plan_.fastFeeBps != 0 && plan_.bank == address(0))
        ) revert Errors.SettlementAccount_PlanInvalid("receiver", 0);
        _plan = plan_;
        _books.day = uint128(Calendar.dayOf(block.timestamp));
    }

    /// @inheritdoc ISettlementAccount
    function enter() external nonReentrant {
        _enter();
    }

    /// @inheritdoc ISettlementAccount
    function withdraw(address to, uint256 amount) external nonReentrant {
        _requireMerchant();
        _enter();
        uint256 ready = _books.ready;
        if (amount > ready) revert Errors.SettlementAccount_TooMuch(amount, ready);
        _books.ready = uint128(ready - amount);
        emit MoneyWithdrawn(to, amount);
        IERC20(_plan.token).safeTransfer(to, amount);
    }

    /// @inheritdoc ISettlementAccount
    function withdrawFast(address to, uint256 amount) external nonReentrant returns (uint256 fee) {
        _requireMerchant();
        if (!_plan.fast) revert Errors.SettlementAccount_FastOff();
        _enter();
        uint256 waiting = _books.waiting;
        if (amount > waiting) revert Errors.SettlementAccount_TooMuch(amount, waiting);
        _books.waiting = uint128(waiting - amount);
        // The money that would have waited longest goes first.
        uint256 left = amount;
        for (uint256 i = 0; left != 0; ++i) {
            uint256 slot = (_books.day - i) % SLOTS;
            uint256 taken = Math.min(_days[slot], left);
            _days[slot] -= taken;
            left -= taken;
        }
        fee = amount * _plan.fastFeeBps / BPS;
        _owe(_plan.bank, fee);
        emit MoneyWithdrawnFast(to, amount, fee);
        IERC20(_plan.token).safeTransfer(to, amount - fee);
    }

    /// @inheritdoc ISettlementAccount
    function payFees(address to) external nonReentrant returns (uint256 amount) {
        _enter();
        amount = dueTo[to];
        if (amount == 0) revert Errors.SettlementAccount_NothingDue(to);
        dueTo[to] = 0;
        _due -= amount;
        emit FeesPaid(to, amount);
        if (to == _plan.fund && to.code.length != 0) {
            // A fund counts as capital what is paid in, and no gift.
            IERC20(_plan.token).forceApprove(to, amount);
            GuaranteeFund(to).payIn(amount);
        } else {
            IERC20(_plan.token).safeTransfer(to, amount);
        }
    }

    /// @inheritdoc ISettlementAccount
    function plan() external view returns (SettlementPlan memory) {
        return _plan;
    }

    /// @inheritdoc ISettlementAccount
    function available() external view returns (uint256 ready, uint256 waiting) {
        (uint256 amount, uint256 fee, uint256 levy) = _arrived();
        uint256 matured = _matured(Calendar.dayOf(block.timestamp));
        ready = _books.ready + matured;
        waiting = _books.waiting - matured;
        uint256 net = amount - fee - levy;
        if (_plan.settleDays == 0) ready += net;
        else waiting += net;
    }

    /// @dev Let days that have come become ready, then enter what has arrived.
    function _enter() private {
        uint256 today = Calendar.dayOf(block.timestamp);
        uint256 matured = _matured(today);
        if (matured != 0) _clear(today);
        _books.day = uint128(today);
        (uint256 amount, uint256 fee, uint256 levy) = _arrived();
        uint256 ready = _books.ready + matured;
        uint256 waiting = _books.waiting - matured;
        if (amount != 0) {
            uint256 net = amount - fee - levy;
            _owe(_plan.platform, fee);
            _owe(_plan.fund, levy);
            _books.entered += uint128(amount);
            _books.fees += uint128(fee);
            _books.levies += uint128(levy);
            if (_plan.settleDays == 0) {
                ready += net;
            } else {
                waiting += net;
                _days[today % SLOTS] += net;
            }
            emit MoneyEntered(amount, fee, levy, net, today);
        }
        _books.ready = uint128(ready);
        _books.waiting = uint128(waiting);
    }

    function _owe(address receiver, uint256 fen) private {
        dueTo[receiver] += fen;
        _due += fen;
    }

    /// @dev What the balance holds beyond the books, and the fees on it.
    function _arrived() private view returns (uint256 amount, uint256 fee, uint256 levy) {
        uint256 booked = uint256(_books.ready) + _books.waiting + _due;
        amount = IERC20(_plan.token).balanceOf(address(this)) - booked;
        uint256 all = _books.entered + amount;
        fee = Math.min(all * _plan.feeBps / BPS - _books.fees, amount);
        levy = Math.min(all * _plan.levyBps / BPS - _books.levies, amount - fee);
    }

    /// @dev Fen of the days whose waiting is over by `today`. No day older than `settleDays` before the last entry is
    /// still in its slot, so none is counted as another.
    function _matured(uint256 today) private view returns (uint256 fen) {
        for (uint256 i = 0; i <= MOST_DAYS; ++i) {
            if (_books.day - i + _plan.settleDays <= today) fen += _days[(_books.day - i) % SLOTS];
        }
    }

    function _clear(uint256 today) private {
        for (uint256 i = 0; i <= MOST_DAYS; ++i) {
            if (_books.day - i + _plan.settleDays <= today) _days[(_books.day - i) % SLOTS] = 0;
        }
    }

    function _requireMerchant() private view {
        if (msg.sender != _plan.merchant) {
            revert Errors.SettlementAccount_NotMerchant(msg.sender, _plan.merchant);
        }
    }
}
