// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RefundMath} from "../libraries/RefundMath.sol";
import {Terms} from "../types/Terms.sol";

/// @notice The arithmetic of guarantors: the worst a card can be short, and a pot shared by many.
library CoverMath {
    uint256 private constant BPS = 10_000;
    uint256 private constant LADDER_SHIFT = 176; // in `Terms.policy`: nothing from here on, no ladder

    /// @notice Most that the card can be short at its end if its template keeps to the terms' plain fields; for
    /// templates that a guarantor lists because it knows that they do.
    ///
    /// @dev What the merchant has had in advance is what need not be held, by the fixed share or by the highest rung of
    /// the ladder. On top of that a card is short where use is settled at a higher value than a refund deducts; then it
    /// may be all of the principal.
    function worstShortfall(Terms calldata terms) internal pure returns (uint256) {
        uint256 principal = terms.principal();
        if (!_refundsFollowSettlement(terms)) return principal;
        uint256 share = terms.policy >> LADDER_SHIFT == 0 ? BPS - terms.custodyBps() : 0;
        for (uint256 tier = 1; tier <= 3; ++tier) {
            if (terms.ladder(tier) > share) share = terms.ladder(tier);
        }
        uint256 worst = (principal * share + BPS - 1) / BPS;
        if (terms.advance() > worst) worst = terms.advance();
        return worst < principal ? worst : principal;
    }

    /// @notice What a claim of `amount` gets of a `pot` that is too small for the `sum` of all claims: its share rounded
    /// down, and one fen more if its remainder is among the largest.
    ///
    /// @param least remainder of the last claim that still gets a fen more
    /// @param last index of that claim: among equal remainders the earlier filed come first
    function part(uint256 amount, uint256 index, uint256 pot, uint256 sum, uint256 least, uint256 last)
        internal
        pure
        returns (uint256 fen)
    {
        fen = amount * pot / sum;
        uint256 remainder = amount * pot % sum;
        if (remainder > least || (remainder == least && index <= last)) fen += 1;
    }

    /// @notice What is insured of a loss: the larger of the two deductibles is the insured's own.
    function lessDeductible(uint256 loss, uint256 deductibleBps, uint256 deductibleFen)
        internal
        pure
        returns (uint256)
    {
        uint256 deductible = loss * deductibleBps / BPS;
        if (deductible < deductibleFen) deductible = deductibleFen;
        return loss > deductible ? loss - deductible : 0;
    }

    /// @dev What is given first values use lowest, by ratio higher, at list price highest: a refund never exceeds what is
    /// unperformed as settled if settlement stands no higher than any refund.
    function _refundsFollowSettlement(Terms calldata terms) private pure returns (bool) {
        uint256 settlement = terms.settlementFormula();
        if (settlement == RefundMath.GIFT_FIRST) return true;
        return settlement == RefundMath.RATIO && terms.notConsumerFormula() != RefundMath.GIFT_FIRST
            && terms.consumerFormula() != RefundMath.GIFT_FIRST;
    }
}
