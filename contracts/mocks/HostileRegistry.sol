// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A merchant registry whose answers about stops and tiers are told by tests. Everybody may sell. Tests only.
contract HostileRegistry {
    enum Answer {
        Performs,
        Reverts,
        BurnsGas,
        TooShort, // 31 bytes
        TooMuch, // a word and 100,000 bytes more
        Future, // stopped tomorrow
        Ancient, // stopped before there were cards
        Huge // a number no clock shows
    }

    error NoComment();

    Answer public answer;
    uint256 private _tier;

    function decide(Answer next) external {
        answer = next;
    }

    function rank(uint256 next) external {
        _tier = next;
    }

    function maySell(address) external pure returns (bool) {
        return true;
    }

    function stoppedSince(address, uint256) external view returns (uint256) {
        Answer now_ = _misbehave();
        if (now_ == Answer.Future) return block.timestamp + 1 days;
        if (now_ == Answer.Ancient) return 1;
        return now_ == Answer.Huge ? type(uint256).max : 0;
    }

    function tierOf(address) external view returns (uint256) {
        _misbehave();
        return _tier;
    }

    function _misbehave() private view returns (Answer now_) {
        now_ = answer;
        if (now_ == Answer.Reverts) revert NoComment();
        if (now_ == Answer.BurnsGas) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        if (now_ == Answer.TooShort || now_ == Answer.TooMuch) {
            uint256 size = now_ == Answer.TooShort ? 31 : 100_032;
            assembly ("memory-safe") {
                return(0x80, size)
            }
        }
    }
}
