// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice One guarantor's promise about one card. A card's cover is a list of them, in the order in which they are
/// asked; `Terms.cover` is the hash of its ABI encoding, so the consumer signs who stands behind the card.
struct Pledge {
    address guarantor; // a contract that answers as `IGuarantor`
    uint256 limit; // fen it pays at most for this card
}
