// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Something that is not a sub-wallet but is given to a relay as one. Tests only.
contract HostileWallet {
    error Long(bytes text);

    uint256 public served;

    function burnGas() external pure {
        assembly ("memory-safe") {
            invalid()
        }
    }

    /// @notice Answer `size` bytes nobody asked for.
    function flood(uint256 size) external pure {
        assembly ("memory-safe") {
            return(0x80, size)
        }
    }

    /// @notice Fail with a reason of `size` bytes.
    function failLong(uint256 size) external pure {
        revert Long(new bytes(size));
    }

    function serve() external {
        ++served;
    }
}
