// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPrepaidTemplate} from "prepaid/interfaces/IPrepaidTemplate.sol";
import {Terms} from "prepaid/types/Terms.sol";
import {Cause, Usage} from "prepaid/types/Usage.sol";

/// @notice As bad as a pure contract can be. The terms say how: `params0` holds the mode of `released` in its low byte
/// and that of `entitlement` in the next. `hostile.py` is its twin. Tests only.
contract HostileTemplate is IPrepaidTemplate {
    function released(Terms calldata terms, Usage calldata usage) external pure returns (uint256) {
        return _answer(uint8(terms.params0), terms, usage);
    }

    function entitlement(Terms calldata terms, Usage calldata usage, Cause) external pure returns (uint256) {
        return _answer(uint8(terms.params0 >> 8), terms, usage);
    }

    function _answer(uint256 mode, Terms calldata terms, Usage calldata usage) private pure returns (uint256) {
        uint256 principal = terms.principal();
        if (mode == 1) return type(uint256).max;
        if (mode == 2) return principal;
        if (mode == 3) revert();
        if (mode == 4) while (true) {} // burns all the gas it is given
        if (mode == 5) assembly { return(0, 31) }
        if (mode == 6) return _garbage();
        if (mode == 7) return _garbage() % (2 * principal);
        if (mode == 8) assembly { invalid() }
        if (mode == 9) assembly { mstore(0, 7) return(0, 60000) }
        if (mode == 10) return terms.params1;
        if (mode == 11) return usage.used < principal ? principal - usage.used : 0; // falls as more is used
        return 0;
    }

    /// @dev A number that no one can foresee and that every change of the question changes.
    function _garbage() private pure returns (uint256 word) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, 4, 0x260)
            word := keccak256(free, 0x260)
        }
    }
}
