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
        address recovered;
        ECDSA.RecoverError failure = ECDSA.RecoverError.InvalidSignatureLength;
        if (signature.length == 65) {
            (recovered, failure,) = ECDSA.tryRecoverCalldata(digest, signature);
        } else if (signature.length == 64) {
            (bytes32 r, bytes32 vs) = abi.decode(signature, (bytes32, bytes32));
            (recovered, failure,) = ECDSA.tryRecover(digest, r, vs);
        }
        if (failure == ECDSA.RecoverError.NoError && recovered == signer) return true;
        return
            signer.code.length != 0 && SignatureChecker.isValidERC1271SignatureNow(signer, digest, signature);
    }
}
