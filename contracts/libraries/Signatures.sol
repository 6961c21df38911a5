// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @notice One answer to "did this account sign that digest?".
///
/// @dev ECDSA is tried first: an account with delegated code (EIP-7702) still signs with its key. Only then is a
/// contract asked (ERC-1271). A high s, a wrong v and the zero signer are refused by OpenZeppelin's library.
library Signatures {
    /// @param signature r, s, v in 65 bytes, the 64 bytes of ERC-2098, or whatever the signer's contract takes
    function isValid(address signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        address recovered; // stays zero unless the signature is well-formed
        if (signature.length == 64) {
            bytes32 r;
            bytes32 vs;
            assembly ("memory-safe") {
                r := calldataload(signature.offset)
                vs := calldataload(add(signature.offset, 0x20))
            }
            (recovered,,) = ECDSA.tryRecover(digest, r, vs);
        } else if (signature.length == 65) {
            (recovered,,) = ECDSA.tryRecoverCalldata(digest, signature);
        }
        if (recovered == signer && signer != address(0)) return true;
        return
            signer.code.length != 0 && SignatureChecker.isValidERC1271SignatureNow(signer, digest, signature);
    }
}
