// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISubWallet} from "../interfaces/ISubWallet.sol";
import {Errors} from "../libraries/Errors.sol";
import {Guarantee} from "../types/Guarantee.sol";
import {Line, LineBook} from "../types/Line.sol";
import {Terms} from "../types/Terms.sol";
import {CoverMath} from "./CoverMath.sol";
import {Guarantor} from "./Guarantor.sol";
import {Premiums} from "./Premiums.sol";

/// @notice The lines of an insurance pool: what each covers, at what price, and what is set aside for it.
///
/// @dev A line never changes once it is written, and its whole aggregate is set aside at that moment. It can stop taking
/// new cards; then what nobody can claim any more goes free.
abstract contract Lines is Guarantor, Premiums {
    /// @notice A line as it was written, in full.
    event LineWritten(uint256 indexed line, address indexed merchant, Line terms, address[] templates);
    event LineStopped(uint256 indexed line);

    uint256 private constant BPS = 10_000;

    /// @notice The line under which a merchant's new cards are accepted; 0 if none.
    mapping(address merchant => uint256 line) public lineOf;

    /// @notice Whether cards with these rules are accepted under a line.
    mapping(uint256 line => mapping(address template => bool)) public isListed;

    /// @notice Fen promised or paid to one consumer under a line.
    mapping(uint256 line => mapping(address consumer => uint256 fen)) public promisedTo;

    mapping(uint256 line => Line) internal _lines;
    mapping(uint256 line => LineBook) internal _lineBooks;
    uint256 private _lastLine;

    // ----------------------------------------------------------------------------------------------- underwriting

    /// @notice Write a line and set its aggregate aside. It takes the merchant's cards from now on; one that did so
    /// before takes no more.
    ///
    /// @param templates whose cards are accepted
    /// @return line its number
    function writeLine(Line calldata terms, address[] calldata templates)
        external
        nonReentrant
        onlyKeeper
        returns (uint256 line)
    {
        _requireSound(terms.assessor, terms.triggers, terms.coverDays);
        _requireRule(terms.aggregate != 0, "aggregate", 0);
        _requireRule(terms.promisedMost >= terms.aggregate, "promisedMost", terms.promisedMost);
        _requireRule(terms.shareBps != 0 && terms.shareBps <= BPS, "shareBps", terms.shareBps);
        _requireRule(terms.deductibleBps <= BPS, "deductibleBps", terms.deductibleBps);
        line = ++_lastLine;
        _agree(line, terms.premium);
        _reserve(terms.aggregate);
        _lines[line] = terms;
        _lineBooks[line].setAside = terms.aggregate;
        _lineBooks[line].open = true;
        for (uint256 i = 0; i < templates.length; ++i) {
            isListed[line][templates[i]] = true;
        }
        uint256 former = lineOf[terms.merchant];
        if (former != 0) _stop(former);
        lineOf[terms.merchant] = line;
        emit LineWritten(line, terms.merchant, terms, templates);
    }

    /// @notice Take no new cards under a line. Those accepted stay covered.
    function stopLine(uint256 line) external nonReentrant onlyKeeper {
        address merchant = _lines[line].merchant;
        if (line == 0 || lineOf[merchant] != line) revert Errors.InsurancePool_LineNotOpen(line);
        delete lineOf[merchant];
        _stop(line);
    }

    /// @notice What has become of a line.
    function lineBook(uint256 line) external view returns (LineBook memory) {
        return _lineBooks[line];
    }

    // --------------------------------------------------------------------------------------------------- internal

    /// @dev The merchant has a line that takes this card, with room for it, and the premium is there.
    function _admit(Terms calldata terms, bytes32, address consumer, uint256 promised)
        internal
        override
        returns (uint256 line, uint256 coverDays)
    {
        line = lineOf[terms.merchant];
        if (line == 0) revert Errors.InsurancePool_NoLine(terms.merchant);
        if (!isListed[line][terms.template]) revert Errors.Guarantor_TemplateNotListed(terms.template);
        Line storage written = _lines[line];
        LineBook storage book = _lineBooks[line];

        uint256 ofConsumer = promisedTo[line][consumer];
        _requireWithin("consumer", promised, ofConsumer, written.consumerMost);
        // As much as was written may be promised on each fen that is still there.
        uint256 left = uint256(book.setAside) - book.allotted;
        _requireWithin("line", promised, book.promised, left * written.promisedMost / written.aggregate);
        promisedTo[line][consumer] = ofConsumer + promised;
        book.promised += uint48(promised);
        _charge(line, promised);
        return (line, written.coverDays);
    }

    function _freed(bytes32, Guarantee storage guarantee, Terms calldata, uint256 paid)
        internal
        virtual
        override
    {
        uint256 line = guarantee.line;
        uint256 promised = guarantee.promised;
        promisedTo[line][ISubWallet(guarantee.wallet).owner()] -= promised - paid;
        LineBook storage book = _lineBooks[line];
        book.promised -= uint48(promised);
        book.setAside -= uint48(paid);
        _unreserve(paid);
        if (!book.open) _runOff(book);
    }

    /// @dev The insured share of what was unperformed, less the deductible. What others have made good since the card's
    /// end is in neither number, as the card's word does not keep it: behind another guarantor a share below 100 % is a
    /// share of less. Name such a line first in the cover.
    function _payable(Guarantee storage guarantee, uint256 shortfall, uint256 entitled)
        internal
        view
        override
        returns (uint256)
    {
        Line storage written = _lines[guarantee.line];
        uint256 insured = entitled * written.shareBps / BPS;
        return CoverMath.lessDeductible(
            shortfall < insured ? shortfall : insured, written.deductibleBps, written.deductibleFen
        );
    }

    function _rulesOf(uint256 line)
        internal
        view
        override
        returns (address assessor, uint256 waitDays, uint256 verifyDays, uint256 triggers)
    {
        Line storage written = _lines[line];
        return (written.assessor, written.waitDays, written.verifyDays, written.triggers);
    }

    function _stop(uint256 line) private {
        LineBook storage book = _lineBooks[line];
        book.open = false;
        _runOff(book);
        emit LineStopped(line);
    }

    /// @dev A line that takes no new cards keeps no more than what its promises may still cost.
    function _runOff(LineBook storage book) private {
        if (book.setAside <= book.promised) return;
        uint256 free = book.setAside - book.promised;
        book.setAside = book.promised;
        _unreserve(free);
    }
}
