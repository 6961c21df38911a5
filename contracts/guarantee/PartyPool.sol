// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {Calendar} from "../libraries/Calendar.sol";
import {Errors} from "../libraries/Errors.sol";
import {Stage, Trigger} from "../types/Guarantee.sol";
import {Insured, Loss, PartyBook, PartyLine} from "../types/Line.sol";
import {Capital} from "./Capital.sol";
import {CoverMath} from "./CoverMath.sol";
import {Premiums} from "./Premiums.sol";

/// @notice Insurance for a merchant or a public body: its own loss, documented, paid to itself within its line's limit.
///
/// @dev Capital of its own, so that no consumer ever waits behind a party. Nothing on chain shows such a loss, so the
/// assessor has to say how much is due; its silence counts for nothing.
contract PartyPool is Premiums {
    /// @notice A line as it was written, in full.
    event PartyLineWritten(uint256 indexed line, address indexed beneficiary, PartyLine terms);
    event PartyLineStarted(uint256 indexed line, uint256 until);
    event PartyLineEnded(uint256 indexed line);
    event LossFiled(
        uint256 indexed loss, uint256 indexed line, Trigger trigger, uint256 amount, bytes32 evidence
    );
    event LossConfirmed(uint256 indexed loss, uint256 amount);
    event LossRefused(uint256 indexed loss, bytes32 reason);
    event LossPaid(uint256 indexed loss, address indexed beneficiary, uint256 amount);

    uint256 private constant BPS = 10_000;

    mapping(uint256 line => PartyLine) private _lines;
    mapping(uint256 line => PartyBook) private _lineBooks;
    mapping(uint256 loss => Loss) private _losses;
    uint256 private _lastLine;
    uint256 private _lastLoss;

    constructor(address underwriter, IERC20 token) Capital(underwriter, token) {}

    // ----------------------------------------------------------------------------------------------- underwriting

    /// @notice Put capital in. Anyone may; it becomes the underwriter's.
    function deposit(uint256 amount) external nonReentrant {
        _payIn(amount);
    }

    /// @notice Take out capital that backs no promise.
    function withdraw(uint256 amount, address to) external nonReentrant onlyKeeper {
        _withdraw(amount, to);
    }

    /// @notice Write a line and set its aggregate aside. It begins when its premium is paid.
    ///
    /// @return line its number
    function writeLine(PartyLine calldata terms) external nonReentrant onlyKeeper returns (uint256 line) {
        _requireRule(terms.insured != Insured.Consumer, "insured", 0);
        _requireRule(terms.beneficiary != address(0), "beneficiary", 0);
        _requireRule(terms.assessor != address(0), "assessor", 0);
        _requireRule(terms.aggregate != 0, "aggregate", 0);
        _requireRule(terms.coverDays != 0, "coverDays", 0);
        _requireRule(terms.shareBps != 0 && terms.shareBps <= BPS, "shareBps", terms.shareBps);
        _requireRule(terms.deductibleBps <= BPS, "deductibleBps", terms.deductibleBps);
        line = ++_lastLine;
        _agree(line, terms.premium);
        _reserve(terms.aggregate);
        _lines[line] = terms;
        _lineBooks[line] = PartyBook(terms.aggregate, 0, 0, true);
        emit PartyLineWritten(line, terms.beneficiary, terms);
    }

    /// @notice Begin a line: the premium on its aggregate is taken, and its days run. Anyone may.
    function startLine(uint256 line) external nonReentrant {
        PartyBook storage book = _lineBooks[line];
        if (!book.open || book.until != 0) revert Errors.InsurancePool_LineNotOpen(line);
        _charge(line, _lines[line].aggregate);
        book.until = uint40(block.timestamp + uint256(_lines[line].coverDays) * 1 days);
        emit PartyLineStarted(line, book.until);
    }

    /// @notice Free what a line no longer needs: its days are over, or the underwriter takes back one that was never
    /// begun. What was claimed in time stays set aside.
    function endLine(uint256 line) external nonReentrant {
        PartyBook storage book = _lineBooks[line];
        if (!book.open) revert Errors.InsurancePool_LineNotOpen(line);
        bool over = book.until == 0 ? msg.sender == KEEPER : block.timestamp > book.until;
        if (!over) revert Errors.InsurancePool_LineNotOver(line, book.until);
        book.open = false;
        _unreserve(book.setAside - book.claimed);
        book.setAside = book.claimed;
        emit PartyLineEnded(line);
    }

    // -------------------------------------------------------------------------------------------------- claiming

    /// @notice Claim a loss on one's own line. By its beneficiary.
    ///
    /// @param evidence hash of what is shown to the assessor
    /// @return loss its number
    function fileLoss(uint256 line, uint256 amount, Trigger trigger, bytes32 evidence)
        external
        nonReentrant
        returns (uint256 loss)
    {
        PartyLine storage written = _lines[line];
        PartyBook storage book = _lineBooks[line];
        if (msg.sender != written.beneficiary) revert Errors.InsurancePool_NotBeneficiary(msg.sender, line);
        if (block.timestamp > book.until) revert Errors.Guarantor_TooLate(book.until, block.timestamp);
        if ((written.triggers >> uint256(trigger)) & 1 == 0) {
            revert Errors.Guarantor_NotTriggered(bytes32(line), trigger);
        }
        _requireWithin("loss", amount, 0, type(uint48).max);
        amount = CoverMath.lessDeductible(
            amount * written.shareBps / BPS, written.deductibleBps, written.deductibleFen
        );
        _requireWithin("line", amount, book.claimed, book.setAside);
        book.claimed += uint48(amount);
        loss = ++_lastLoss;
        _losses[loss] = Loss(uint32(line), uint48(amount), uint40(block.timestamp), Stage.Filed);
        emit LossFiled(loss, line, trigger, amount, evidence);
    }

    /// @notice Say how much of a loss is due. By the assessor.
    function confirmLoss(uint256 loss, uint256 amount) external nonReentrant {
        Loss storage filed = _assessed(loss);
        _requireWithin("loss", amount, 0, filed.amount);
        _settle(filed.line, filed.amount - amount, 0);
        filed.amount = uint48(amount);
        filed.stage = Stage.Confirmed;
        emit LossConfirmed(loss, amount);
    }

    /// @notice Say that nothing is due. By the assessor.
    function refuseLoss(uint256 loss, bytes32 reason) external nonReentrant {
        Loss storage filed = _assessed(loss);
        filed.stage = Stage.Refused;
        _settle(filed.line, filed.amount, 0);
        emit LossRefused(loss, reason);
    }

    /// @notice Pay a confirmed loss once it has waited. Anyone may.
    function payLoss(uint256 loss) external nonReentrant returns (uint256 amount) {
        Loss storage filed = _losses[loss];
        PartyLine storage written = _lines[filed.line];
        if (filed.stage != Stage.Confirmed) revert Errors.Guarantor_NotVerified(bytes32(loss), filed.stage);
        uint256 passed = Calendar.daysBetween(filed.filedAt, block.timestamp);
        if (passed <= written.waitDays && written.waitDays != 0) {
            revert Errors.Guarantor_TooEarly(bytes32(loss), written.waitDays + 1 - passed);
        }
        amount = filed.amount;
        filed.stage = Stage.Paid;
        // What a public body lost is the merchant's debt; a merchant owes nothing for its own loss.
        if (written.insured == Insured.Government) owedBy[written.merchant] += amount;
        _spend(amount);
        _settle(filed.line, amount, amount);
        emit LossPaid(loss, written.beneficiary, amount);
        _push(written.beneficiary, amount);
    }

    // ---------------------------------------------------------------------------------------------------- reading

    /// @notice A line as it was written.
    function lineAt(uint256 line) external view returns (PartyLine memory) {
        return _lines[line];
    }

    /// @notice What has become of it.
    function lineBook(uint256 line) external view returns (PartyBook memory) {
        return _lineBooks[line];
    }

    /// @notice A loss by its number.
    function lossAt(uint256 loss) external view returns (Loss memory) {
        return _losses[loss];
    }

    function _assessed(uint256 loss) private view returns (Loss storage filed) {
        filed = _losses[loss];
        address assessor = _lines[filed.line].assessor;
        if (msg.sender != assessor) revert Errors.Guarantor_NotAssessor(msg.sender, assessor);
        if (filed.stage != Stage.Filed) revert Errors.Guarantor_WrongStage(bytes32(loss), filed.stage);
    }

    /// @dev Take a claim off its line's book, and what was paid on it; an ended line keeps nothing for later claims.
    function _settle(uint256 line, uint256 claimed, uint256 paid) private {
        PartyBook storage book = _lineBooks[line];
        book.claimed -= uint48(claimed);
        uint256 gone = book.open ? paid : claimed;
        book.setAside -= uint48(gone);
        _unreserve(gone);
    }
}
