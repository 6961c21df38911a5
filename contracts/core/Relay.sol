// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Carries signed messages of several consumers in one transaction. It has no rights of its own: each
/// sub-wallet checks what it is given.
contract Relay {
    event RelayFailed(uint256 indexed index, address indexed wallet, bytes reason);

    uint256 private constant REASON_BYTES = 256;

    /// @notice Call each wallet with its message. One that fails, say because its consumer has just ended the card,
    /// does not hold up the others.
    ///
    /// @param gasEach most gas for one call, so that one consumer's contract cannot burn what the others need
    /// @return done which calls succeeded
    function relay(address[] calldata wallets, bytes[] calldata messages, uint256 gasEach)
        external
        returns (bool[] memory done)
    {
        done = new bool[](wallets.length);
        for (uint256 i = 0; i < wallets.length; ++i) {
            bool ok = _call(wallets[i], messages[i], gasEach);
            done[i] = ok;
            if (!ok) emit RelayFailed(i, wallets[i], _reason());
        }
    }

    /// @dev A call whose answer is left where it is: copied whole, a long one would cost the sender of the others.
    function _call(address wallet, bytes memory message, uint256 gasEach) private returns (bool ok) {
        assembly ("memory-safe") {
            ok := call(gasEach, wallet, 0, add(message, 0x20), mload(message), 0, 0)
        }
    }

    /// @dev The start of the last call's answer: enough for a custom error, too little to be a burden.
    function _reason() private pure returns (bytes memory reason) {
        uint256 size;
        assembly ("memory-safe") {
            size := returndatasize()
        }
        if (size > REASON_BYTES) size = REASON_BYTES;
        reason = new bytes(size);
        assembly ("memory-safe") {
            returndatacopy(add(reason, 0x20), 0, size)
        }
    }
}
