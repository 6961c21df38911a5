// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {Errors} from "../libraries/Errors.sol";

/// @notice Who may run the platform: admitted by notice once enough approvers have agreed, each by itself. Several
/// operators stand side by side. This contract is the admin of the registries, so nobody else names an operator there.
///
/// @dev Approvers are fixed for good; one that must survive a lost key is a contract, such as `RecoverableOwner`.
///
/// Admission gives power, so it takes a quorum. Revocation takes one approver: an operator for whom one of them no
/// longer answers must not go on, and no consumer's money or exit depends on there being an operator at all. Who was
/// revoked may be admitted anew, by fresh agreement.
contract Operators {
    event OperatorAgreed(
        address indexed operator, bytes32 indexed credential, address indexed approver, uint256 agreed
    );
    event AgreementWithdrawn(
        address indexed operator, bytes32 indexed credential, address indexed approver, uint256 agreed
    );
    event OperatorAdmitted(address indexed operator, bytes32 indexed credential);
    event OperatorRevoked(
        address indexed operator, bytes32 indexed credential, address indexed approver, bytes32 reason
    );

    bytes32 public constant OPERATOR = keccak256("OPERATOR");

    /// @notice How many approvers have to agree.
    uint256 public immutable QUORUM;

    struct Standing {
        // slot 0
        bytes32 credential; // hash of the notice and the plaque; 0 if not admitted
        // slot 1
        uint40 since; // unix time of the last admission or revocation
        uint32 ballot; // agreements of an earlier one count no longer
    }

    mapping(address => bool) public isApprover;
    mapping(address operator => Standing) private _standings;
    mapping(bytes32 proposal => mapping(address approver => bool)) private _agrees;
    mapping(bytes32 proposal => uint256) private _agreed;

    IAccessControl[] private _registries;
    address[] private _approvers;

    constructor(address[] memory approvers, uint256 quorum, IAccessControl[] memory registries) {
        if (quorum == 0 || quorum > approvers.length) {
            revert Errors.Operators_QuorumUnfit(quorum, approvers.length);
        }
        for (uint256 i = 0; i < approvers.length; ++i) {
            if (approvers[i] == address(0) || isApprover[approvers[i]]) {
                revert Errors.Operators_ApproverUnfit(approvers[i]);
            }
            isApprover[approvers[i]] = true;
        }
        QUORUM = quorum;
        _approvers = approvers;
        _registries = registries;
    }

    /// @notice Agree that `operator` is admitted with this credential. The last agreement that is needed admits it; a
    /// second credential takes the place of the first. By an approver.
    ///
    /// @param credential hash of the notice and the plaque
    function agree(address operator, bytes32 credential) external {
        bytes32 proposal = _asApprover(operator, credential);
        if (credential == 0 || operator == address(0) || _standings[operator].credential == credential) {
            revert Errors.Operators_NothingToAgree(operator, credential);
        }
        if (_agrees[proposal][msg.sender]) revert Errors.Operators_AgreedBefore(operator, msg.sender);
        _agrees[proposal][msg.sender] = true;
        uint256 agreed = ++_agreed[proposal];
        emit OperatorAgreed(operator, credential, msg.sender, agreed);
        if (agreed < QUORUM) return;

        _change(operator, credential);
        emit OperatorAdmitted(operator, credential);
        for (uint256 i = 0; i < _registries.length; ++i) {
            _registries[i].grantRole(OPERATOR, operator);
        }
    }

    /// @notice Take an agreement back while it has not yet led to an admission. By the approver who gave it.
    function withdraw(address operator, bytes32 credential) external {
        bytes32 proposal = _asApprover(operator, credential);
        if (!_agrees[proposal][msg.sender]) revert Errors.Operators_NotAgreed(operator, msg.sender);
        _agrees[proposal][msg.sender] = false;
        uint256 agreed = --_agreed[proposal];
        emit AgreementWithdrawn(operator, credential, msg.sender, agreed);
    }

    /// @notice Revoke an operator's credential and its role, that of the first operator included, who was there before
    /// there were notices. By any one approver.
    ///
    /// @param reason hash of the reasons
    function revoke(address operator, bytes32 reason) external {
        if (!isApprover[msg.sender]) revert Errors.Operators_NotApprover(msg.sender);
        bytes32 credential = _standings[operator].credential;
        bool stands = credential != 0;
        _change(operator, 0);
        emit OperatorRevoked(operator, credential, msg.sender, reason);
        for (uint256 i = 0; i < _registries.length; ++i) {
            if (!_registries[i].hasRole(OPERATOR, operator)) continue;
            stands = true;
            _registries[i].revokeRole(OPERATOR, operator);
        }
        if (!stands) revert Errors.Operators_NotAdmitted(operator);
    }

    /// @notice An operator's credential, 0 if it has none, and since when.
    function credentialOf(address operator) external view returns (bytes32 credential, uint256 since) {
        Standing storage standing = _standings[operator];
        return (standing.credential, standing.since);
    }

    /// @notice How many approvers agree by now that `operator` is admitted with this credential.
    function agreedOn(address operator, bytes32 credential) external view returns (uint256) {
        return _agreed[_proposal(operator, credential)];
    }

    /// @notice Whose agreement counts.
    function approvers() external view returns (address[] memory) {
        return _approvers;
    }

    /// @dev Every admission and revocation begins a new ballot: no agreement serves twice.
    function _change(address operator, bytes32 credential) private {
        Standing storage standing = _standings[operator];
        standing.credential = credential;
        standing.since = uint40(block.timestamp);
        standing.ballot += 1;
    }

    function _asApprover(address operator, bytes32 credential) private view returns (bytes32) {
        if (!isApprover[msg.sender]) revert Errors.Operators_NotApprover(msg.sender);
        return _proposal(operator, credential);
    }

    function _proposal(address operator, bytes32 credential) private view returns (bytes32) {
        return keccak256(abi.encode(operator, _standings[operator].ballot, credential));
    }
}
