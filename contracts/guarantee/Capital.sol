// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Errors} from "../libraries/Errors.sol";

/// @notice Somebody's capital that stands for promises: what is there, what is set aside, and what merchants owe for what
/// was paid in their place.
///
/// @dev Counted inside: what somebody sends unasked is nobody's capital. What is set aside is out of the keeper's reach.
abstract contract Capital is ReentrancyGuardTransient {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    event CapitalPaidIn(address indexed from, uint256 amount);
    event CapitalWithdrawn(address indexed to, uint256 amount);
    event Recovered(address indexed merchant, address indexed from, uint256 amount, uint256 stillOwed);

    IERC20 public immutable TOKEN;

    /// @notice Whose capital it is. It may take out what is free, and decides what is promised from now on.
    address public immutable KEEPER;

    /// @notice Fen that a merchant owes for what was paid in its place.
    mapping(address merchant => uint256 fen) public owedBy;

    uint128 private _capital; // fen
    uint128 private _reserved; // fen of it that are set aside

    modifier onlyKeeper() {
        _requireKeeper();
        _;
    }

    constructor(address keeper, IERC20 token) {
        KEEPER = keeper;
        TOKEN = token;
    }

    /// @notice Pay back what was paid in a merchant's place. Anyone may.
    function repay(address merchant, uint256 amount) external nonReentrant {
        uint256 owed = owedBy[merchant];
        if (amount == 0 || amount > owed) revert Errors.Guarantor_NotOwed(merchant, amount, owed);
        owedBy[merchant] = owed - amount;
        _earn(amount);
        emit Recovered(merchant, msg.sender, amount, owed - amount);
        _pull(amount);
    }

    /// @notice Fen that are there, and fen of them that are set aside for promises.
    function books() public view returns (uint256 capital, uint256 reserved) {
        return (_capital, _reserved);
    }

    /// @dev Set capital aside; it must be there.
    function _reserve(uint256 amount) internal {
        _requireFree(amount);
        _reserved += uint128(amount);
    }

    function _unreserve(uint256 amount) internal {
        _reserved -= uint128(amount);
    }

    /// @dev Book what comes in for good.
    function _earn(uint256 amount) internal {
        _capital += amount.toUint128();
    }

    /// @dev Book what goes out for good.
    function _spend(uint256 amount) internal {
        _capital -= uint128(amount);
    }

    function _payIn(uint256 amount) internal {
        _earn(amount);
        emit CapitalPaidIn(msg.sender, amount);
        _pull(amount);
    }

    /// @dev Only what is free: what is set aside stays until nobody can claim it.
    function _withdraw(uint256 amount, address to) internal {
        _requireFree(amount);
        _spend(amount);
        emit CapitalWithdrawn(to, amount);
        _push(to, amount);
    }

    /// @dev Take `amount` from the caller, exactly.
    function _pull(uint256 amount) internal {
        uint256 before = TOKEN.balanceOf(address(this));
        TOKEN.safeTransferFrom(msg.sender, address(this), amount);
        uint256 delivered = TOKEN.balanceOf(address(this)) - before;
        if (delivered != amount) {
            revert Errors.SubWallet_TokenDeliveredWrongly(address(TOKEN), amount, delivered);
        }
    }

    function _push(address to, uint256 amount) internal {
        TOKEN.safeTransfer(to, amount);
    }

    /// @dev `asked` on top of what is `taken` must stay within `most`.
    function _requireWithin(string memory what, uint256 asked, uint256 taken, uint256 most) internal pure {
        if (asked + taken > most) {
            revert Errors.Guarantor_BeyondLimit(what, asked, most > taken ? most - taken : 0);
        }
    }

    function _requireRule(bool sound, string memory what, uint256 value) internal pure {
        if (!sound) revert Errors.Guarantor_RulesInvalid(what, value);
    }

    function _requireKeeper() private view {
        if (msg.sender != KEEPER) revert Errors.Guarantor_NotKeeper(msg.sender, KEEPER);
    }

    function _requireFree(uint256 amount) private view {
        uint256 free = _capital - _reserved;
        if (amount > free) revert Errors.Guarantor_CapitalTooLow(amount, free);
    }
}
