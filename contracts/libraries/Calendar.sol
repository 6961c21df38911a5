// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Days as the law counts them: calendar dates in UTC+8, the opening day not counted, the last day ending at
/// 24:00.
library Calendar {
    uint256 private constant CHINA = 8 hours;

    /// @return number of the calendar day (UTC+8) of a unix time, which is that of a block or earlier
    function dayOf(uint256 time) internal pure returns (uint256) {
        // No clock shows a time that overflows here.
        unchecked {
            return (time + CHINA) / 1 days;
        }
    }

    /// @return whole calendar days after the day of `from`, up to the day of `to`; 0 if `to` is not later
    function daysBetween(uint256 from, uint256 to) internal pure returns (uint256) {
        if (to <= from) return 0;
        unchecked {
            return dayOf(to) - dayOf(from);
        }
    }
}
