// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Terms} from "../types/Terms.sol";

/// @notice What approved merchants offer. A product is `Terms` with `order` zero, known by its hash.
interface IProductCatalogue {
    event FormRegistered(bytes32 indexed form, string title);
    event ProductPublished(bytes32 indexed product, address indexed merchant, Terms terms, string name);
    event ProductWithdrawn(bytes32 indexed product);

    /// @notice List a product. Its form must be registered, its template admitted and in working order.
    function publish(Terms calldata terms, string calldata name) external returns (bytes32 product);

    /// @notice Take a product off the list. Cards already sold go on.
    function withdraw(bytes32 product) external;

    /// @notice Whether the product is listed and its merchant may sell.
    function isOnSale(bytes32 product) external view returns (bool);
}
