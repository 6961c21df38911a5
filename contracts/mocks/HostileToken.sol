// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A token that misbehaves as told. Tests only.
contract HostileToken {
    enum Trick {
        None,
        ReturnsFalse, // says no and moves nothing
        ReturnsNothing, // moves, but answers no word, as some old tokens do
        TakesFee, // delivers one unit less
        LiesAboutBalance, // balanceOf counts more every time it is asked, and nothing ever moves
        Reverts, // refuses every movement
        Blacklists, // refuses movements to and from `banned`
        Reenters, // while it moves, calls `target` with `payload`
        Notifies, // while it moves, tells the recipient, as ERC-777 does
        BurnsGas // never comes back
    }

    bytes32 public constant DOMAIN_SEPARATOR = keccak256("a domain that nobody else has");

    error Refused();

    Trick public trick;
    address public banned;
    address public target;
    bytes public payload;
    bool public gotIn; // whether a call made while moving succeeded
    bytes public reason; // what the call made while moving answered

    mapping(address => uint256) private _balances;
    mapping(address => mapping(address => uint256)) public allowance;

    function play(Trick next) external {
        trick = next;
    }

    function ban(address account) external {
        trick = Trick.Blacklists;
        banned = account;
    }

    function reenter(address into, bytes calldata data) external {
        trick = Trick.Reenters;
        target = into;
        payload = data;
        gotIn = false;
    }

    function mint(address to, uint256 value) external {
        _balances[to] += value;
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        return true;
    }

    function transfer(address to, uint256 value) external returns (bool) {
        return _move(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        allowance[from][msg.sender] -= value;
        return _move(from, to, value);
    }

    /// @notice ERC-3009 by name only: asks for nobody's signature.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256,
        uint256,
        bytes32,
        bytes calldata
    ) external {
        _move(from, to, value);
    }

    /// @notice EIP-2612 by name only: grants nothing.
    function permit(address, address, uint256, uint256, uint8, bytes32, bytes32) external view {
        if (trick == Trick.Reverts) revert Refused();
    }

    function balanceOf(address account) external view returns (uint256) {
        // Gas left differs from call to call, so two answers never agree.
        return trick == Trick.LiesAboutBalance ? gasleft() : _balances[account];
    }

    function _move(address from, address to, uint256 value) private returns (bool) {
        Trick now_ = trick;
        if (now_ == Trick.ReturnsFalse) return false;
        if (now_ == Trick.LiesAboutBalance) return true;
        if (now_ == Trick.Reverts) revert Refused();
        if (now_ == Trick.Blacklists && (from == banned || to == banned)) revert Refused();
        if (now_ == Trick.BurnsGas) {
            assembly ("memory-safe") {
                invalid()
            }
        }

        _balances[from] -= value;
        _balances[to] += now_ == Trick.TakesFee ? value - 1 : value;

        if (now_ == Trick.Reenters) (gotIn, reason) = target.call(payload);
        if (now_ == Trick.Notifies && to.code.length != 0) {
            (gotIn, reason) = to.call(abi.encodeCall(ITokenRecipient.onTokens, (from, value)));
        }
        if (now_ == Trick.ReturnsNothing) {
            assembly ("memory-safe") {
                return(0, 0)
            }
        }
        return true;
    }
}

/// @notice Who wants to hear of tokens that arrive.
interface ITokenRecipient {
    function onTokens(address from, uint256 value) external;
}
