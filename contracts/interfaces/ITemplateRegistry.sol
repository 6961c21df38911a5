// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Admits templates whose code is pure. An admitted template's address is derived from its code, so what a
/// consumer signed cannot change afterwards, and a sub-wallet can tell without asking storage.
interface ITemplateRegistry {
    event TemplateAdmitted(address indexed template, address indexed source, bytes32 codeHash);

    /// @notice Scan the code at `source` and deploy the same code under an address derived from it. Anyone may; for
    /// code that was admitted before, the answer is the same address.
    function register(address source) external returns (address template);

    /// @notice Where code with this hash is or will be admitted.
    function addressOf(bytes32 codeHash) external view returns (address template);

    /// @notice Whether the template at this address was admitted here.
    function isAdmitted(address template) external view returns (bool);

    /// @notice The code being admitted; only while `register` runs.
    function pendingCode() external view returns (bytes memory);

    /// @notice Hash of the creation code behind every admitted template; with it anyone derives `addressOf` alone.
    function shellHash() external view returns (bytes32);
}
