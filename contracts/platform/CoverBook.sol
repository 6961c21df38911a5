// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Errors} from "../libraries/Errors.sol";
import {Pledge} from "../types/Cover.sol";

/// @notice Says in full what a cover's hash stands for, so that a consumer can see who stands behind a card before
/// buying it. Terms hold the hash alone.
contract CoverBook {
    /// @notice The pledges whose hash is `cover`, in their order.
    event CoverAnnounced(bytes32 indexed cover, Pledge[] pledges);

    uint256 private constant MOST = 4;

    /// @notice Whether the pledges behind this hash stand in the events.
    mapping(bytes32 cover => bool) public isAnnounced;

    /// @notice Put pledges on record. Anyone may; they are written once.
    ///
    /// @return cover what terms say
    function announce(Pledge[] calldata pledges) external returns (bytes32 cover) {
        if (pledges.length == 0 || pledges.length > MOST) {
            revert Errors.CoverBook_PledgesUnsound(pledges.length);
        }
        for (uint256 i = 0; i < pledges.length; ++i) {
            bool sound = pledges[i].limit != 0 && pledges[i].guarantor.code.length != 0;
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
}
