// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Where a merchant stands with the platform.
enum MerchantStatus {
    None,
    Applied,
    Approved, // may sell
    Suspended, // may not sell; cards go on, exits stay open
    Stopped, // no longer performs; may be approved again later
    Closed // ended for good
}
