// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Errors} from "../libraries/Errors.sol";
import {Guarantee, Stage} from "../types/Guarantee.sol";
import {Line, LineBook, Round} from "../types/Line.sol";
import {Terms} from "../types/Terms.sol";
import {CoverMath} from "./CoverMath.sol";
import {Lines} from "./Lines.sol";

/// @notice Lines that promise more in all than they hold: whoever claims in the same days shares one pot, so that nobody
/// gains by being quick.
///
/// @dev The first claim opens a round of `waitDays`, the assessor has `verifyDays` more. Then anybody proposes the one
/// number pair that shares the pot out: the remainder and the place of the last claim that gets a fen more. The chain
/// counts once whether the parts add up to the pot, in as many calls as are needed, and every part follows.
abstract contract SharedPots is Lines {
    using SafeCast for uint256;

    event RoundFrozen(uint256 indexed line, uint256 indexed round, uint256 sum, uint256 pot);
    event RoundAllotted(uint256 indexed line, uint256 indexed round, uint256 least, uint256 last);

    struct Tally {
        uint32 next; // index of the claim to be counted next
        uint48 parts; // fen counted so far
    }

    mapping(uint256 line => Round[]) private _rounds;
    mapping(uint256 line => mapping(uint256 round => bytes32[])) private _claims;
    mapping(bytes32 proposal => Tally) private _tallies;

    /// @notice Share out a round once its days are over, or once the last of its claims is decided. Anyone may; a wrong
    /// proposal is refused when its last claim is counted.
    ///
    /// @param least remainder of `claimed · pot` divided by the sum of all claims, of the last claim with a fen more
    /// @param last index of that claim; among equal remainders the earlier filed come first
    /// @param count claims to count in this call
    function allot(uint256 line, uint256 round, uint256 least, uint256 last, uint256 count)
        external
        nonReentrant
    {
        Round storage shared = _rounds[line][round];
        if (shared.allotted) revert Errors.InsurancePool_RoundClosed(line, round);
        if (!shared.frozen) _freeze(line, round, shared);
        Round memory proposal = shared;
        (proposal.least, proposal.last) = (least, last.toUint32());
        if (proposal.sum == proposal.pot) {
            // Enough for everybody: nobody gets more than what it claimed.
            (proposal.least, proposal.last) = (type(uint256).max, 0);
        } else if (!_count(line, round, proposal, count)) {
            return;
        }
        proposal.allotted = true;
        _rounds[line][round] = proposal;
        emit RoundAllotted(line, round, proposal.least, proposal.last);
    }

    /// @notice How many rounds a line has had, the present one included.
    function roundsOf(uint256 line) external view returns (uint256) {
        return _rounds[line].length;
    }

    /// @notice One round, and the cards claimed in it in order of filing.
    function roundAt(uint256 line, uint256 round) external view returns (Round memory, bytes32[] memory) {
        return (_rounds[line][round], _claims[line][round]);
    }

    function _filed(bytes32 card, Guarantee storage guarantee) internal override {
        uint256 line = guarantee.line;
        if (!_isShared(line)) return;
        Round[] storage rounds = _rounds[line];
        if (rounds.length == 0 || _isFull(line, rounds[rounds.length - 1])) {
            rounds.push().openedAt = uint40(block.timestamp);
        }
        uint256 round = rounds.length - 1;
        guarantee.round = uint32(round);
        guarantee.index = uint32(_claims[line][round].length);
        _claims[line][round].push(card);
        if (guarantee.stage == Stage.Filed) rounds[round].undecided += 1;
        if (_counts(guarantee)) rounds[round].sum += guarantee.claimed;
    }

    function _decided(Guarantee storage guarantee) internal override {
        if (!_isShared(guarantee.line)) return;
        Round storage shared = _rounds[guarantee.line][guarantee.round];
        shared.undecided -= 1;
        bool counted = _isShown(guarantee.trigger);
        bool counts = guarantee.stage == Stage.Confirmed;
        if (counts && !counted) shared.sum += guarantee.claimed;
        if (counted && !counts) shared.sum -= guarantee.claimed;
    }

    function _due(bytes32 card, Guarantee storage guarantee) internal view override returns (uint256) {
        if (!_isShared(guarantee.line)) return super._due(card, guarantee);
        if (!_counts(guarantee)) revert Errors.Guarantor_NotVerified(card, guarantee.stage);
        if (!_rounds[guarantee.line][guarantee.round].allotted) {
            revert Errors.InsurancePool_NotAllotted(guarantee.line, guarantee.round);
        }
        return _partOf(guarantee, _rounds[guarantee.line][guarantee.round]);
    }

    function _freed(bytes32 card, Guarantee storage guarantee, Terms calldata terms, uint256 paid)
        internal
        override
    {
        if (guarantee.stage == Stage.Paid && _isShared(guarantee.line)) {
            Round storage shared = _rounds[guarantee.line][guarantee.round];
            _lineBooks[guarantee.line].allotted -= uint48(_partOf(guarantee, shared));
        }
        super._freed(card, guarantee, terms, paid);
    }

    function _begun(Guarantee storage guarantee) internal view override returns (uint256) {
        if (!_isShared(guarantee.line)) return super._begun(guarantee);
        return _rounds[guarantee.line][guarantee.round].openedAt;
    }

    /// @dev From now on no claim is added or decided; what the line still has, up to the claims' sum, is theirs.
    function _freeze(uint256 line, uint256 round, Round storage shared) private {
        bool over = _areDaysOver(line, shared.openedAt);
        if (!_isFull(line, shared) || (shared.undecided != 0 && !over)) {
            revert Errors.InsurancePool_RoundOpen(line, round, shared.undecided);
        }
        if (round != 0 && !_rounds[line][round - 1].frozen) {
            revert Errors.InsurancePool_RoundOpen(line, round - 1, 0);
        }
        LineBook storage book = _lineBooks[line];
        uint256 left = uint256(book.setAside) - book.allotted;
        uint256 pot = shared.sum < left ? shared.sum : left;
        shared.frozen = true;
        shared.pot = uint48(pot);
        book.allotted += uint48(pot);
        emit RoundFrozen(line, round, shared.sum, pot);
    }

    /// @dev Count the parts under a proposal, from where an earlier call left off.
    ///
    /// @return whether all are counted, and add up to the pot
    function _count(uint256 line, uint256 round, Round memory proposal, uint256 count)
        private
        returns (bool)
    {
        bytes32[] storage claims = _claims[line][round];
        Tally storage stored = _tallies[keccak256(abi.encode(line, round, proposal.least, proposal.last))];
        (uint256 next, uint256 parts) = (stored.next, stored.parts);
        uint256 end = count < claims.length - next ? next + count : claims.length;
        for (; next < end; ++next) {
            Guarantee storage guarantee = _guarantees[claims[next]];
            // One that was filed anew stands in a later round.
            if (_counts(guarantee) && guarantee.round == round && guarantee.index == next) {
                parts += _partOf(guarantee, proposal);
            }
        }
        stored.next = uint32(next);
        stored.parts = uint48(parts);
        if (next < claims.length) return false;
        if (parts != proposal.pot) {
            revert Errors.InsurancePool_AllotmentWrong(line, round, parts, proposal.pot);
        }
        return true;
    }

    /// @dev A claim's part of the pot.
    function _partOf(Guarantee storage guarantee, Round memory shared) private view returns (uint256) {
        if (shared.sum == 0) return 0;
        return
            CoverMath.part(
                guarantee.claimed, guarantee.index, shared.pot, shared.sum, shared.least, shared.last
            );
    }

    /// @dev Whether a claim takes part once its round is frozen.
    function _counts(Guarantee storage guarantee) private view returns (bool) {
        return
            guarantee.stage == Stage.Confirmed
                || (guarantee.stage == Stage.Filed && _isShown(guarantee.trigger));
    }

    function _isFull(uint256 line, Round storage shared) private view returns (bool) {
        return _daysSince(shared.openedAt) > _lines[line].waitDays;
    }

    function _isShared(uint256 line) private view returns (bool) {
        Line storage written = _lines[line];
        return written.promisedMost > written.aggregate;
    }
}
