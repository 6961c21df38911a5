// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Errors} from "../libraries/Errors.sol";
import {Premium} from "../types/Line.sol";
import {Capital} from "./Capital.sol";

/// @notice Who pays for insurance, and from what. Each payer of a line has an account of its own there, filled
/// beforehand: nobody is charged for a line that it has not paid into.
abstract contract Premiums is Capital {
    using SafeCast for uint256;

    event PremiumFunded(uint256 indexed line, uint256 indexed place, address indexed from, uint256 amount);
    event PremiumWithdrawn(uint256 indexed line, uint256 indexed place, address indexed to, uint256 amount);
    event PremiumPaid(uint256 indexed line, uint256 insured, uint256 premium);

    uint256 private constant BPS = 10_000;
    uint256 private constant PLACES = 4;

    /// @notice Fen in the account from which one payer's part of a line's premiums is taken.
    mapping(uint256 line => uint256[PLACES] fen) public premiumOf;

    mapping(uint256 line => Premium) private _premiums;

    /// @notice Fill a payer's account of a line. Anyone may.
    ///
    /// @param place 0 merchant, 1 platform, 2 bank, 3 government
    function fundPremium(uint256 line, uint256 place, uint256 amount) external nonReentrant {
        if (place >= PLACES || _premiums[line].splitBps[place] == 0) {
            revert Errors.InsurancePool_NotPayer(line, place, msg.sender);
        }
        premiumOf[line][place] += amount.toUint128();
        emit PremiumFunded(line, place, msg.sender, amount);
        _pull(amount);
    }

    /// @notice Take back what no premium has used. By the payer.
    function withdrawPremium(uint256 line, uint256 place, uint256 amount, address to) external nonReentrant {
        if (place >= PLACES || msg.sender != _premiums[line].payers[place]) {
            revert Errors.InsurancePool_NotPayer(line, place, msg.sender);
        }
        _debit(line, place, amount);
        emit PremiumWithdrawn(line, place, to, amount);
        _push(to, amount);
    }

    /// @dev Set a line's premium down, once it makes sense.
    function _agree(uint256 line, Premium calldata premium) internal {
        uint256 split = 0;
        for (uint256 place = 0; place < PLACES; ++place) {
            split += premium.splitBps[place];
            _requireRule(premium.splitBps[place] == 0 || premium.payers[place] != address(0), "payers", place);
        }
        _requireRule(split == BPS, "splitBps", split);
        _requireRule(premium.rateBps <= BPS, "rateBps", premium.rateBps);
        _premiums[line] = premium;
    }

    /// @dev Take the premium on `insured` fen from the payers, each its part; the last one takes the remainder.
    function _charge(uint256 line, uint256 insured) internal {
        Premium storage agreed = _premiums[line];
        uint256 premium = insured * agreed.rateBps / BPS;
        uint256 rest = premium;
        uint256 split = 0;
        for (uint256 place = 0; split < BPS; ++place) {
            uint256 share = agreed.splitBps[place];
            split += share;
            uint256 part = split == BPS ? rest : premium * share / BPS;
            rest -= part;
            if (part != 0) _debit(line, place, part);
        }
        _earn(premium);
        emit PremiumPaid(line, insured, premium);
    }

    function _debit(uint256 line, uint256 place, uint256 amount) private {
        uint256 there = premiumOf[line][place];
        if (amount > there) revert Errors.InsurancePool_PremiumMissing(line, place, amount, there);
        premiumOf[line][place] = there - amount;
    }
}
