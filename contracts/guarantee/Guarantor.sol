// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IGuarantor} from "../interfaces/IGuarantor.sol";
import {IMerchantRegistry} from "../interfaces/IMerchantRegistry.sol";
import {IProductCatalogue} from "../interfaces/IProductCatalogue.sol";
import {ISubWallet} from "../interfaces/ISubWallet.sol";
import {ISubWalletFactory} from "../interfaces/ISubWalletFactory.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {Errors} from "../libraries/Errors.sol";
import {Disputes} from "../platform/Disputes.sol";
import {Card, Status} from "../types/Card.sol";
import {Pledge} from "../types/Cover.sol";
import {Dispute, Step} from "../types/Dispute.sol";
import {Guarantee, Stage, Trigger} from "../types/Guarantee.sol";
import {Terms} from "../types/Terms.sol";
import {Capital} from "./Capital.sol";
import {CoverMath} from "./CoverMath.sol";
import {PledgeOrder} from "./PledgeOrder.sol";

/// @notice What all guarantors do alike: accept a card at its opening, set money aside for it, and pay what the ended
/// card is short, once somebody has claimed it and the claim has stood its time. Who is accepted, and within which
/// limits, is each guarantor's own.
///
/// @dev Money that is set aside is out of reach of whoever runs the guarantor, and no promise can be withdrawn. What a
/// card is owed is never the caller's word: the factory says whether a wallet is ours, the catalogue whether the merchant
/// offers such cards, the wallet which card it is and what it is short, the registry when the merchant stopped, the
/// disputes what an arbiter found.
abstract contract Guarantor is IGuarantor, Capital {
    using SafeERC20 for IERC20;

    event CardAccepted(
        bytes32 indexed card,
        address indexed wallet,
        address indexed merchant,
        uint256 promised,
        uint256 until
    );
    event ClaimFiled(
        bytes32 indexed card,
        address indexed wallet,
        address indexed merchant,
        Trigger trigger,
        uint256 amount
    );

    /// @notice Something is shown to the assessor, by whoever says so: strangers too, so it looks at who it was.
    event EvidenceAttached(bytes32 indexed card, address indexed by, bytes32 evidence);
    event ClaimConfirmed(bytes32 indexed card, address indexed assessor);
    event ClaimRefused(bytes32 indexed card, address indexed assessor, bytes32 reason);

    /// @notice The consumer has been paid; the guarantor has a claim of the same amount against the merchant.
    event ClaimPaid(bytes32 indexed card, address indexed wallet, address indexed merchant, uint256 amount);

    /// @notice Nothing can be claimed for the card any more; what was set aside for it is free.
    event GuaranteeReleased(bytes32 indexed card, uint256 promised);

    /// @notice Days that a claim can still be filed after the last day of a card's service.
    uint256 public constant CLAIM_DAYS = 60;

    /// @notice Days in which an arbiter may rule against a refusal, before what was set aside goes free.
    uint256 public constant APPEAL_DAYS = 180;

    uint256 private constant STOPPED = 0x0f; // the triggers that are the registry's stop
    uint256 private constant ANY_TRIGGER = 0x3f;

    ISubWalletFactory public immutable FACTORY;
    IMerchantRegistry public immutable MERCHANTS;
    Disputes public immutable DISPUTES;
    IProductCatalogue public immutable CATALOGUE;

    mapping(bytes32 card => Guarantee) internal _guarantees;

    constructor(
        address keeper,
        IERC20 token,
        ISubWalletFactory factory,
        IMerchantRegistry merchants,
        Disputes disputes,
        IProductCatalogue catalogue
    ) Capital(keeper, token) {
        FACTORY = factory;
        MERCHANTS = merchants;
        DISPUTES = disputes;
        CATALOGUE = catalogue;
    }

    // --------------------------------------------------------------------------------------------------- opening

    /// @inheritdoc IGuarantor
    function accept(bytes32 card, Terms calldata terms, uint256 limit) external nonReentrant {
        // Check: one of our wallets, which therefore speaks of a card that its consumer is opening.
        address consumer = ISubWallet(msg.sender).owner();
        if (FACTORY.walletOf(consumer) != msg.sender) revert Errors.Guarantor_NotOurWallet(msg.sender);
        if (terms.token != address(TOKEN)) revert Errors.Guarantor_OtherToken(terms.token);
        Guarantee storage guarantee = _guarantees[card];
        if (guarantee.stage != Stage.None) revert Errors.Guarantor_WrongStage(card, guarantee.stage);
        // What the merchant itself offers: else a consumer could name any payee, have its money back at once and
        // wait for the merchant to fail.
        bytes32 product = _productOf(terms);
        if (!CATALOGUE.isOnSale(product)) revert Errors.Guarantor_NotOnSale(product);

        uint256 promised = CoverMath.worstShortfall(terms);
        if (limit < promised) promised = limit;
        if (promised == 0) revert Errors.Guarantor_NothingToCover(card);

        // Effect: within the limits, money set aside.
        (uint256 line, uint256 coverDays) = _admit(terms, product, consumer, promised);
        if (terms.termDays() != 0 && terms.termDays() + CLAIM_DAYS > coverDays) {
            revert Errors.Guarantor_TermTooLong(terms.termDays(), coverDays);
        }
        uint256 until = block.timestamp + coverDays * 1 days;
        guarantee.wallet = msg.sender;
        guarantee.promised = uint48(promised);
        guarantee.until = uint40(until);
        guarantee.stage = Stage.Promised;
        if (line != 0) guarantee.line = uint32(line);
        emit CardAccepted(card, msg.sender, terms.merchant, promised, until);
    }

    // -------------------------------------------------------------------------------------------------- claiming

    /// @notice Claim what an ended card is short, for its consumer. Anyone may where the chain shows the trigger: the
    /// money goes nowhere else. What only an assessor can know is for the consumer to say, or a stranger could spoil it.
    ///
    /// @param pledges all of the card's, in order: those before this guarantor must be done
    function file(address wallet, Terms calldata terms, Pledge[] calldata pledges, Trigger trigger)
        external
        nonReentrant
    {
        (bytes32 card, Guarantee storage guarantee) = _find(wallet, terms);

        // Check: still to be claimed, short, triggered, and this guarantor's turn.
        Stage stage = _requireClaimable(card, guarantee);
        Card memory state = ISubWallet(wallet).cardOf(card);
        if (state.status != Status.Short) revert Errors.Guarantor_CardNotShort(card, state.status);
        _requireTriggered(card, guarantee, terms.merchant, state.openedAt, trigger);
        PledgeOrder.requireTurn(wallet, card, terms.cover, pledges);

        // Effect.
        uint256 amount = _payable(guarantee, state.held, terms.principal() - state.released + state.held);
        if (amount > guarantee.promised) amount = guarantee.promised;
        guarantee.stage = stage;
        guarantee.claimed = uint48(amount);
        guarantee.filedAt = uint40(block.timestamp);
        guarantee.trigger = trigger;
        _filed(card, guarantee);
        emit ClaimFiled(card, wallet, terms.merchant, trigger, amount);
    }

    /// @notice Put the hash of a piece of evidence on record. Anyone may.
    function attach(bytes32 card, bytes32 evidence) external {
        emit EvidenceAttached(card, msg.sender, evidence);
    }

    /// @notice Say that the claim is due. By the assessor.
    function confirm(bytes32 card) external nonReentrant {
        _decide(card, Stage.Confirmed);
        emit ClaimConfirmed(card, msg.sender);
    }

    /// @notice Say that the claim is not due. By the assessor. The next guarantor of the card may be asked then; an
    /// arbiter's ruling makes the claim good all the same.
    ///
    /// @param reason hash of the reasons
    function refuse(bytes32 card, bytes32 reason) external nonReentrant {
        _decide(card, Stage.Refused);
        emit ClaimRefused(card, msg.sender, reason);
    }

    /// @notice Pay a claim that is due, straight to the consumer. Anyone may.
    ///
    /// @return amount fen: never more than the card is still short
    function pay(address wallet, Terms calldata terms) external nonReentrant returns (uint256 amount) {
        (bytes32 card, Guarantee storage guarantee) = _find(wallet, terms);

        // Check: verified, and waited for.
        amount = _due(card, guarantee);
        Card memory state = ISubWallet(wallet).cardOf(card);
        uint256 short = state.status == Status.Short ? state.held : 0;
        if (short < amount) amount = short;

        // Effect: books first; the merchant owes the guarantor what it owed the consumer.
        guarantee.stage = Stage.Paid;
        _spend(amount);
        owedBy[terms.merchant] += amount;
        _freed(card, guarantee, terms, amount);
        emit ClaimPaid(card, wallet, terms.merchant, amount);

        // Interaction: the wallet takes it from here and hands it to its consumer.
        if (amount != 0) {
            TOKEN.forceApprove(wallet, amount);
            ISubWallet(wallet).payShortfall(terms, amount);
        }
    }

    /// @notice Free what was set aside for a card for which nothing can be claimed any more: it ended whole, its time is
    /// over, or a refusal was not appealed against. Anyone may.
    function release(address wallet, Terms calldata terms) external nonReentrant {
        (bytes32 card, Guarantee storage guarantee) = _find(wallet, terms);
        if (!_isOver(wallet, card, guarantee)) revert Errors.Guarantor_StillStands(card, guarantee.stage);
        guarantee.stage = Stage.Released;
        _freed(card, guarantee, terms, 0);
        emit GuaranteeReleased(card, guarantee.promised);
    }

    // ---------------------------------------------------------------------------------------------------- reading

    /// @inheritdoc IGuarantor
    function isDone(address wallet, bytes32 card) external view returns (bool) {
        Guarantee storage guarantee = _guarantees[card];
        if (guarantee.wallet != wallet) return true;
        Stage stage = guarantee.stage;
        if (stage == Stage.Promised) return block.timestamp > guarantee.until;
        if (stage == Stage.Filed) return _hasLapsed(guarantee);
        return stage != Stage.Confirmed;
    }

    /// @notice What was promised for a card and what became of it.
    function guaranteeOf(bytes32 card) external view returns (Guarantee memory) {
        return _guarantees[card];
    }

    // ------------------------------------------------------------------------------------- each guarantor's own

    /// @dev Let the card in within the guarantor's limits and set aside what it may cost, or revert.
    ///
    /// @return line what it is accepted under
    /// @return coverDays days after the opening in which a claim may be filed
    function _admit(Terms calldata terms, bytes32 product, address consumer, uint256 promised)
        internal
        virtual
        returns (uint256 line, uint256 coverDays);

    /// @dev Undo what `_admit` did, less `paid`, which has left for good.
    function _freed(bytes32 card, Guarantee storage guarantee, Terms calldata terms, uint256 paid)
        internal
        virtual;

    /// @return assessor who verifies; `waitDays` before anything is paid; then `verifyDays` for the assessor
    function _rulesOf(uint256 line)
        internal
        view
        virtual
        returns (address assessor, uint256 waitDays, uint256 verifyDays, uint256 triggers);

    /// @dev Fen that a claim is worth: of what the card is still short, `shortfall`, where that and the refund at its end
    /// are `entitled`. The wallet does not remember how short it was at first.
    function _payable(Guarantee storage, uint256 shortfall, uint256) internal view virtual returns (uint256) {
        return shortfall;
    }

    /// @dev A claim was filed, or stands again; its fields are written.
    // solhint-disable-next-line no-empty-blocks
    function _filed(bytes32 card, Guarantee storage guarantee) internal virtual {}

    /// @dev The assessor has spoken; its new stage is written.
    // solhint-disable-next-line no-empty-blocks
    function _decided(Guarantee storage guarantee) internal virtual {}

    /// @dev Fen that are due on a claim now, or revert.
    function _due(bytes32 card, Guarantee storage guarantee) internal view virtual returns (uint256) {
        (, uint256 waitDays,,) = _rulesOf(guarantee.line);
        if (!_isVerified(guarantee, guarantee.filedAt)) {
            revert Errors.Guarantor_NotVerified(card, guarantee.stage);
        }
        uint256 passed = _daysSince(guarantee.filedAt);
        if (passed <= waitDays && waitDays != 0) {
            revert Errors.Guarantor_TooEarly(card, waitDays + 1 - passed);
        }
        return guarantee.claimed;
    }

    // --------------------------------------------------------------------------------------------- for all of them

    /// @dev What every set of rules needs: somebody who verifies, and a merchant that is gone as a trigger. A guarantor
    /// that does not pay even then would hold up all that come after it.
    function _requireSound(address assessor, uint256 triggers, uint256 coverDays) internal pure {
        _requireRule(assessor != address(0), "assessor", 0);
        _requireRule(triggers & STOPPED != 0 && triggers <= ANY_TRIGGER, "triggers", triggers);
        _requireRule(coverDays > CLAIM_DAYS, "coverDays", coverDays);
    }

    /// @dev Whether a claim counts. An assessor that says nothing in its days has had its chance: where the chain itself
    /// shows why the claim is due, silence must not keep a consumer waiting, or nobody would ever need to refuse.
    ///
    /// @param from when the days began
    function _isVerified(Guarantee storage guarantee, uint256 from) internal view returns (bool) {
        if (guarantee.stage == Stage.Confirmed) return true;
        if (guarantee.stage != Stage.Filed || !_isShown(guarantee.trigger)) return false;
        return _areDaysOver(guarantee.line, from);
    }

    function _areDaysOver(uint256 line, uint256 from) internal view returns (bool) {
        (, uint256 waitDays, uint256 verifyDays,) = _rulesOf(line);
        return _daysSince(from) > waitDays + verifyDays;
    }

    /// @dev Whether the chain itself shows that the trigger has happened.
    function _isShown(Trigger trigger) internal pure returns (bool) {
        return trigger != Trigger.Fraud;
    }

    function _daysSince(uint256 from) internal view returns (uint256) {
        return Calendar.daysBetween(from, block.timestamp);
    }

    /// @dev When the assessor's days for a claim began.
    function _begun(Guarantee storage guarantee) internal view virtual returns (uint256) {
        return guarantee.filedAt;
    }

    // ---------------------------------------------------------------------------------------------------- private

    /// @dev The product that the card is a purchase of, as the catalogue knows it: the hash of the terms with `order` zero.
    function _productOf(Terms calldata terms) private pure returns (bytes32 product) {
        // The words as they stand in calldata; taking each apart and putting it back costs 1,600 gas in every sale.
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, terms, 0x160)
            mstore(add(free, 0x160), 0)
            product := keccak256(free, 0x180)
        }
    }

    function _find(address wallet, Terms calldata terms)
        private
        view
        returns (bytes32 card, Guarantee storage guarantee)
    {
        // A wallet that is not ours may answer with any id; but it is not the one that was believed at opening.
        card = ISubWallet(wallet).cardId(terms);
        guarantee = _guarantees[card];
        if (guarantee.wallet != wallet) revert Errors.Guarantor_NotStanding(wallet, card);
    }

    /// @return stage that the claim will have: one that an arbiter has upheld needs no assessor
    function _requireClaimable(bytes32 card, Guarantee storage guarantee) private view returns (Stage) {
        Stage stage = guarantee.stage;
        if (stage == Stage.Refused && _hasRuled(guarantee.wallet, card, guarantee.decidedAt)) {
            return Stage.Confirmed;
        }
        if (stage != Stage.Promised && !(stage == Stage.Filed && _hasLapsed(guarantee))) {
            revert Errors.Guarantor_WrongStage(card, stage);
        }
        if (block.timestamp > guarantee.until) {
            revert Errors.Guarantor_TooLate(guarantee.until, block.timestamp);
        }
        return Stage.Filed;
    }

    function _requireTriggered(
        bytes32 card,
        Guarantee storage guarantee,
        address merchant,
        uint256 openedAt,
        Trigger trigger
    ) private view {
        (,,, uint256 triggers) = _rulesOf(guarantee.line);
        bool happened = (triggers >> uint256(trigger)) & 1 == 1;
        if (trigger < Trigger.Dispute) {
            happened = happened && MERCHANTS.stoppedSince(merchant, openedAt) != 0;
        } else if (trigger == Trigger.Dispute) {
            happened = happened && _hasRuled(guarantee.wallet, card, 0);
        } else {
            happened = happened && msg.sender == ISubWallet(guarantee.wallet).owner();
        }
        if (!happened) revert Errors.Guarantor_NotTriggered(card, trigger);
    }

    /// @dev An arbiter has ruled that the consumer is not the cause. A merchant's own word is not enough: it costs the
    /// guarantor, not the merchant.
    function _hasRuled(address wallet, bytes32 card, uint256 since) private view returns (bool) {
        Dispute memory dispute = DISPUTES.disputeOf(wallet, card);
        return dispute.step == Step.Ruled && dispute.upheld && dispute.since > since;
    }

    function _decide(bytes32 card, Stage stage) private {
        Guarantee storage guarantee = _guarantees[card];
        (address assessor,,,) = _rulesOf(guarantee.line);
        if (msg.sender != assessor) revert Errors.Guarantor_NotAssessor(msg.sender, assessor);
        if (guarantee.stage != Stage.Filed || _areDaysOver(guarantee.line, _begun(guarantee))) {
            revert Errors.Guarantor_WrongStage(card, guarantee.stage);
        }
        guarantee.stage = stage;
        guarantee.decidedAt = uint40(block.timestamp);
        _decided(guarantee);
    }

    /// @dev A claim that only the assessor could confirm, and did not in its days.
    function _hasLapsed(Guarantee storage guarantee) private view returns (bool) {
        return !_isShown(guarantee.trigger) && _areDaysOver(guarantee.line, _begun(guarantee));
    }

    function _isOver(address wallet, bytes32 card, Guarantee storage guarantee) private view returns (bool) {
        Stage stage = guarantee.stage;
        if (stage == Stage.Refused) return _daysSince(guarantee.decidedAt) > APPEAL_DAYS;
        if (stage != Stage.Promised && !(stage == Stage.Filed && _hasLapsed(guarantee))) return false;
        if (block.timestamp > guarantee.until) return true;
        Status status = ISubWallet(wallet).cardOf(card).status;
        return status == Status.Closed || status == Status.Owing;
    }
}
