// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPrepaidTemplate} from "../interfaces/IPrepaidTemplate.sol";
import {Errors} from "../libraries/Errors.sol";
import {RefundMath} from "../libraries/RefundMath.sol";
import {Terms} from "../types/Terms.sol";
import {Cause, Usage} from "../types/Usage.sol";

/// @notice A treatment in steps, each with its price: an implant in four stages, braces in 24 visits.
///
/// @dev `usage.used` is milestones in ten-thousandths: 25000 is two done and half of the third certified.
/// `usage.listed` is fen: the value of that, plus documented cost of what was made for this consumer alone.
///
/// `params0` and `params1`: ten runs of equal milestones, five a word, each price 32 | count 16, low bits first;
/// together they cost the principal. Highest 16 bits of `params1`: cap of the documented cost, in bps of the principal.
///
/// The consumer owes documented cost only as the cause (art. 19); a merchant that stops bears its own.
contract Milestones is IPrepaidTemplate {
    uint256 private constant RUNS_A_WORD = 5;
    uint256 private constant RUN_BITS = 48;
    uint256 private constant PRICE_BITS = 32;
    uint256 private constant CAP_SHIFT = 240;

    /// @inheritdoc IPrepaidTemplate
    function released(Terms calldata terms, Usage calldata usage) external pure returns (uint256) {
        (uint256 value, uint256 most) = _valueOf(terms, usage.used);
        if (usage.used > most) revert Errors.Template_Overdrawn(usage.used, most);
        return RefundMath.release(terms, usage, value);
    }

    /// @inheritdoc IPrepaidTemplate
    function entitlement(Terms calldata terms, Usage calldata usage, Cause cause)
        external
        pure
        returns (uint256)
    {
        uint256 principal = terms.principal();
        (uint256 earned,) = _valueOf(terms, usage.used);
        if (cause == Cause.Consumer && usage.listed > earned) {
            uint256 most = earned + principal * (terms.params1 >> CAP_SHIFT) / RefundMath.BPS;
            earned = RefundMath.byList(principal, usage.listed < most ? usage.listed : most);
        }
        return principal - earned;
    }

    /// @return value fen of what `used` stands for
    /// @return most ten-thousandths in all milestones
    function _valueOf(Terms calldata terms, uint256 used) private pure returns (uint256 value, uint256 most) {
        uint256 price = 0; // fen of all milestones
        for (uint256 i = 0; i < 2 * RUNS_A_WORD; ++i) {
            uint256 run = i < RUNS_A_WORD ? terms.params0 : terms.params1;
            run >>= RUN_BITS * (i % RUNS_A_WORD);
            uint256 each = uint32(run);
            uint256 count = uint16(run >> PRICE_BITS);
            uint256 length = count * RefundMath.BPS;
            uint256 reached = used > most ? used - most : 0;
            value += each * (reached < length ? reached : length) / RefundMath.BPS;
            price += each * count;
            most += length;
        }
        if (price != terms.principal()) revert Errors.Template_TermsInvalid("milestones", price);
    }
}
