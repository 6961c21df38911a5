// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A consumer that is a contract whose answer to ERC-1271 is told by tests. Tests only.
contract HostileOwner {
    enum Answer {
        No,
        Yes,
        Reverts,
        BurnsGas,
        TooShort, // the magic value in four bytes instead of a word
        TooMuch, // the magic value, then 100,000 bytes nobody asked for
        Dirty, // the magic value followed by other bytes in the same word
        Spends // tries to change something, which a static call forbids
    }

    error NotMine();

    Answer public answer;
    uint256 public asked;

    function decide(Answer next) external {
        answer = next;
    }

    /// @notice Do something as this consumer.
    function execute(address target, bytes calldata data) external returns (bytes memory result) {
        bool ok;
        (ok, result) = target.call(data);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(result, 0x20), mload(result))
            }
        }
    }

    function isValidSignature(bytes32, bytes calldata) external returns (bytes4) {
        bytes4 magic = this.isValidSignature.selector;
        if (answer == Answer.Reverts) revert NotMine();
        if (answer == Answer.BurnsGas) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        if (answer == Answer.Spends) ++asked;
        if (answer == Answer.No) return 0xffffffff;
        if (answer == Answer.TooShort || answer == Answer.TooMuch || answer == Answer.Dirty) {
            uint256 size = answer == Answer.TooShort ? 4 : answer == Answer.TooMuch ? 100_000 : 32;
            bytes32 word = answer == Answer.Dirty ? bytes32(magic) | bytes32(uint256(1)) : bytes32(magic);
            assembly ("memory-safe") {
                let free := mload(0x40)
                mstore(free, word)
                return(free, size)
            }
        }
        return magic;
    }
}
