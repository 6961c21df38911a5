// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {Errors} from "../libraries/Errors.sol";
import {Pledge} from "../types/Cover.sol";

/// @notice Who may stand behind cards here, and what a cover's hash stands for, so that a consumer can see it before
/// buying. Terms hold the hash alone, and anybody can write a contract that accepts every card and pays for none.
contract CoverBook {
    /// @notice An operator has looked at this contract and lets covers name it.
    event GuarantorAdmitted(address indexed guarantor, string name);

    /// @notice No new cover names it; what it has promised, it has promised.
    event GuarantorDismissed(address indexed guarantor);

    /// @notice The pledges whose hash is `cover`, in their order.
    event CoverAnnounced(bytes32 indexed cover, Pledge[] pledges);

    bytes32 private constant OPERATOR = keccak256("OPERATOR");
    uint256 private constant MOST = 4;

    /// @notice Says who is an operator.
    IAccessControl public immutable MERCHANTS;

    mapping(address guarantor => bool) public isAdmitted;

    /// @notice Whether the pledges behind this hash stand in the events.
    mapping(bytes32 cover => bool) public isAnnounced;

    modifier onlyOperator() {
        if (!MERCHANTS.hasRole(OPERATOR, msg.sender)) revert Errors.CoverBook_NotOperator(msg.sender);
        _;
    }

    /// @param guarantors with their `names`, admitted at once
    constructor(IAccessControl merchants, address[] memory guarantors, string[] memory names) {
        MERCHANTS = merchants;
        for (uint256 i = 0; i < guarantors.length; ++i) {
            _admit(guarantors[i], names[i]);
        }
    }

    /// @notice Let covers name a guarantor. By an operator.
    function admit(address guarantor, string calldata name) external onlyOperator {
        _admit(guarantor, name);
    }

    /// @notice Let no new cover name it. By an operator.
    function dismiss(address guarantor) external onlyOperator {
        isAdmitted[guarantor] = false;
        emit GuarantorDismissed(guarantor);
    }

    /// @notice Put pledges of admitted guarantors on record. Anyone may; they are written once.
    ///
    /// @return cover what terms say
    function announce(Pledge[] calldata pledges) external returns (bytes32 cover) {
        if (pledges.length == 0 || pledges.length > MOST) {
            revert Errors.CoverBook_PledgesUnsound(pledges.length);
        }
        for (uint256 i = 0; i < pledges.length; ++i) {
            bool sound = pledges[i].limit != 0 && isAdmitted[pledges[i].guarantor];
            for (uint256 j = 0; j < i; ++j) {
                sound = sound && pledges[j].guarantor != pledges[i].guarantor;
            }
            if (!sound) revert Errors.CoverBook_PledgesUnsound(i);
        }
        cover = keccak256(abi.encode(pledges));
        if (isAnnounced[cover]) return cover;
        isAnnounced[cover] = true;
        emit CoverAnnounced(cover, pledges);
    }

    function _admit(address guarantor, string memory name) private {
        isAdmitted[guarantor] = true;
        emit GuarantorAdmitted(guarantor, name);
    }
}
