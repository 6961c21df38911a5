// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What was found about a card by somebody who may say so: the merchant conceding, or an arbiter ruling. A
/// finding can only help the consumer.
interface IDisputes {
    /// @notice The latest finding about a card of a sub-wallet.
    ///
    /// @return notConsumer the consumer is not the cause of the card's end (Fa Shi (2025) No. 4, art. 13)
    /// @return listedAtMost fen: the list-price total is at most this (art. 19: an unreasonable price gives way to the
    /// market's; a gift was given back)
    /// @return epoch of the card when it was said; the limit on the total counts for no other, the cause for all
    /// @return at unix time when it was said, 0 if nothing was found
    function findingOf(address wallet, bytes32 card)
        external
        view
        returns (bool notConsumer, uint256 listedAtMost, uint256 epoch, uint256 at);
}
