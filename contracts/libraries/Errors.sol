// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Status} from "../types/Card.sol";
import {Step} from "../types/Dispute.sol";
import {Stage, Trigger} from "../types/Guarantee.sol";
import {MerchantStatus} from "../types/Merchant.sol";

/// @notice Every reason for which a contract of this project refuses. One cause each, with the values one needs.
library Errors {
    // ---------------------------------------------------------------------------------------------- SubWallet

    /// @notice The caller is neither the consumer nor carries the consumer's signature.
    error SubWallet_NotConsumer(address caller, address consumer);

    /// @notice The signature is not the expected signer's over exactly this message, on this chain and wallet.
    error SubWallet_SignatureInvalid(address signer, bytes32 digest);

    /// @notice The message's last second has passed.
    error SubWallet_DeadlinePassed(uint256 deadline, uint256 nowAt);

    /// @notice The message belongs to another epoch: the consumer has voided it.
    error SubWallet_EpochVoided(bytes32 card, uint256 signed, uint256 current);

    /// @notice The card is not open (0 none, 1 open, 2 closed, 3 owing, 4 short).
    error SubWallet_CardNotOpen(bytes32 card, Status status);

    /// @notice These very terms were opened before; a closed card stays closed.
    error SubWallet_CardExists(bytes32 card);

    /// @notice A total fell, or neither total grew: this authorisation was already used or overtaken.
    error SubWallet_TotalsNotGrowing(uint256 used, uint256 usedAfter, uint256 listed, uint256 listedAfter);

    /// @notice More would move than the consumer signed for.
    error SubWallet_PaysTooMuch(uint256 pay, uint256 maxPay);

    /// @notice Less would come back than the consumer signed for: the exit was overtaken.
    error SubWallet_RefundTooLow(uint256 refund, uint256 minRefund);

    /// @notice The terms contradict themselves or the sub-wallet's limits.
    error SubWallet_TermsInvalid(string what, uint256 value);

    /// @notice The template refused or failed while no exit was under way; `reason` is the selector of its error.
    error SubWallet_TemplateFailed(address template, bytes4 reason);

    /// @notice The template did not come from the registry, so its code may not be pure.
    error SubWallet_TemplateNotAdmitted(address template);

    /// @notice The merchant may not sell now.
    error SubWallet_MerchantMayNotSell(address merchant);

    /// @notice There is no contract at the token's address.
    error SubWallet_TokenHasNoCode(address token);

    /// @notice The token delivered another amount than was paid: it takes a fee or lies.
    error SubWallet_TokenDeliveredWrongly(address token, uint256 expected, uint256 delivered);

    /// @notice Too little gas was left to ask the template or the registry fairly.
    error SubWallet_GasTooLow(uint256 left, uint256 needed);

    /// @notice The terms do not switch vouchers on.
    error SubWallet_VouchersOff(bytes32 card);

    /// @notice Nothing is due now: by itself as the terms allow it, or for what the consumer confirms.
    error SubWallet_NothingDue(bytes32 card);

    /// @notice Nothing waits to be collected on this card.
    error SubWallet_NothingToCollect(bytes32 card, Status status);

    /// @notice A new epoch must be larger than the current one.
    error SubWallet_EpochNotGrowing(uint256 current, uint256 proposed);

    /// @notice The list of cards is not every card ever opened here, each once, in ascending order.
    error SubWallet_CardListIncomplete(uint256 given, uint256 opened);

    /// @notice A number does not fit its place in the card.
    error SubWallet_NumberTooLarge(uint256 value);

    /// @notice The guarantors given are not those that the terms name: `cover` is in the terms, `given` is the list's hash.
    error SubWallet_CoverMismatch(bytes32 cover, bytes32 given);

    /// @notice A card has one to four guarantors, each a contract, each named once, each with a limit of its own.
    error SubWallet_PledgeUnfit(uint256 position, address guarantor, uint256 limit);

    /// @notice The terms name nobody who certifies.
    error SubWallet_NoCertifier(bytes32 card);

    /// @notice The consumer confirms what was certified, no more and no less.
    error SubWallet_NotCertified(uint256 used, uint256 usedAfter, uint256 listed, uint256 listedAfter);

    /// @notice Nothing was found about the card in its present epoch, or nothing that changes it.
    error SubWallet_NoFinding(bytes32 card, uint256 epoch);

    /// @notice Nothing is missing on this card.
    error SubWallet_NoShortfall(bytes32 card, Status status);

    /// @notice What is paid of a shortfall is at least one fen and at most what is missing.
    error SubWallet_PaymentUnfit(uint256 amount, uint256 shortfall);

    // ----------------------------------------------------------------------------------------------- Factory

    /// @notice Nobody can own a sub-wallet at address zero.
    error SubWalletFactory_OwnerZero();

    // ---------------------------------------------------------------------------------------------- Templates

    /// @notice More would be used than the card holds, in the card kind's unit.
    error Template_Overdrawn(uint256 used, uint256 most);

    /// @notice The card kind cannot work with these terms: `what` is out of range or contradicts the rest.
    error Template_TermsInvalid(string what, uint256 value);

    /// @notice More would be charged, at `used` in all, than the card's discount leaves of the price before it.
    error Template_NotDiscounted(uint256 used, uint256 most);

    /// @notice There is no code to admit at this address.
    error TemplateRegistry_NoCode(address source);

    /// @notice The code is not pure: this opcode, at this offset, is not on the allow-list.
    error TemplateRegistry_NotPure(uint256 offset, uint8 opcode);

    /// @notice Only while a template is being admitted.
    error TemplateRegistry_NothingPending();

    // ---------------------------------------------------------------------------------------------- Merchants

    /// @notice The merchant's status does not allow this step.
    error MerchantRegistry_WrongStatus(address merchant, MerchantStatus status);

    /// @notice Tiers go from 0, none, to 3, the highest.
    error MerchantRegistry_NoSuchTier(uint256 tier);

    /// @notice Only the merchant itself or an operator may say this.
    error MerchantRegistry_NotAllowed(address caller);

    // -------------------------------------------------------------------------------------------- Catalogue

    /// @notice Only an approved merchant may publish, and only its own products.
    error ProductCatalogue_MerchantMayNotSell(address merchant);

    /// @notice Only the merchant of a product or an operator may say this.
    error ProductCatalogue_NotAllowed(address caller);

    /// @notice A product's terms leave `order` zero.
    error ProductCatalogue_OrderNotZero(uint256 order);

    /// @notice The standard form is not registered.
    error ProductCatalogue_FormUnknown(bytes32 form);

    /// @notice The template is not admitted, or fails on these very terms before anything was used.
    error ProductCatalogue_TemplateUnfit(address template);

    /// @notice No such product, or it was withdrawn.
    error ProductCatalogue_ProductUnknown(bytes32 product);

    /// @notice The product is already listed.
    error ProductCatalogue_AlreadyListed(bytes32 product);

    // -------------------------------------------------------------------------------------------- Operators

    /// @notice Only an approver may say this.
    error Operators_NotApprover(address caller);

    /// @notice The quorum is at least one and at most the number of approvers.
    error Operators_QuorumUnfit(uint256 quorum, uint256 approvers);

    /// @notice An approver is named twice, or is address zero.
    error Operators_ApproverUnfit(address approver);

    /// @notice There is no operator, no credential, or this is the credential that the operator has.
    error Operators_NothingToAgree(address operator, bytes32 credential);

    /// @notice This approver has agreed already; it counts once.
    error Operators_AgreedBefore(address operator, address approver);

    /// @notice This approver has not agreed, or its agreement has led to an admission.
    error Operators_NotAgreed(address operator, address approver);

    /// @notice There is no operator to revoke.
    error Operators_NotAdmitted(address operator);

    // --------------------------------------------------------------------------------------------- Disputes

    /// @notice The caller is not the consumer of this card.
    error Disputes_NotConsumer(address caller, address consumer);

    /// @notice The caller is not the merchant of this card.
    error Disputes_NotMerchant(address caller, address merchant);

    /// @notice The signature is not the consumer's over exactly this step, on this chain and for this wallet.
    error Disputes_SignatureInvalid(address signer, bytes32 digest);

    /// @notice The signed step's last second has passed.
    error Disputes_DeadlinePassed(uint256 deadline, uint256 nowAt);

    /// @notice The step was signed for another dispute about the card: it was carried before, or overtaken.
    error Disputes_RoundPassed(bytes32 card, uint256 signed, uint256 current);

    /// @notice No card with these terms was ever opened in this wallet.
    error Disputes_CardUnknown(address wallet, bytes32 card);

    /// @notice Nothing was raised with the merchant about this card; that comes first.
    error Disputes_NotRaised(bytes32 card);

    /// @notice The merchant has neither refused nor had its days for an answer.
    error Disputes_MerchantNotHeard(bytes32 card, uint256 daysLeft);

    /// @notice Only a dispute that was escalated is ruled on.
    error Disputes_NotEscalated(bytes32 card, Step step);

    /// @notice The dispute does not stand where this step begins.
    error Disputes_WrongStep(bytes32 card, Step step);

    /// @notice A concession gives the consumer something: the cause, or a limit on the list-price total.
    error Disputes_NothingConceded(bytes32 card);

    // ----------------------------------------------------------------------------- Settlement account, payments

    /// @notice The plan contradicts itself or the limits of an account.
    error SettlementAccount_PlanInvalid(string what, uint256 value);

    /// @notice Only the merchant whose account it is may withdraw.
    error SettlementAccount_NotMerchant(address caller, address merchant);

    /// @notice More was asked for than is there to be withdrawn this way.
    error SettlementAccount_TooMuch(uint256 asked, uint256 most);

    /// @notice The plan does not let money be withdrawn before its day.
    error SettlementAccount_FastOff();

    /// @notice Nothing is due to this address.
    error SettlementAccount_NothingDue(address receiver);

    /// @notice A payment of nothing is no entry.
    error PaymentBook_NothingPaid();

    // ------------------------------------------------------------------------------------------- Guarantors

    /// @notice The caller is not a sub-wallet that the factory derives.
    error Guarantor_NotOurWallet(address wallet);

    /// @notice The card is paid in another token than the guarantor holds.
    error Guarantor_OtherToken(address token);

    /// @notice The card is not one that its merchant has on sale now.
    error Guarantor_NotOnSale(bytes32 product);

    /// @notice By its terms the card cannot be short, or the pledge is of nothing.
    error Guarantor_NothingToCover(bytes32 card);

    /// @notice Cards with these rules are not accepted.
    error Guarantor_TemplateNotListed(address template);

    /// @notice The service lasts longer than the guarantor stands, with time for a claim afterwards.
    error Guarantor_TermTooLong(uint256 termDays, uint256 coverDays);

    /// @notice More than a limit has left: of the card, the consumer, the merchant, the line or in all.
    error Guarantor_BeyondLimit(string what, uint256 asked, uint256 left);

    /// @notice The guarantor does not have so much that is not set aside.
    error Guarantor_CapitalTooLow(uint256 asked, uint256 free);

    /// @notice This guarantor never accepted a card of that wallet with these terms.
    error Guarantor_NotStanding(address wallet, bytes32 card);

    /// @notice The guarantee, or the claim, does not stand where this step begins.
    error Guarantor_WrongStage(bytes32 card, Stage stage);

    /// @notice The card has not ended short (0 none, 1 open, 2 closed, 3 owing, 4 short).
    error Guarantor_CardNotShort(bytes32 card, Status status);

    /// @notice The pledges are not those that the terms name.
    error Guarantor_OtherCover(bytes32 card, bytes32 cover);

    /// @notice A guarantor that comes earlier in the card's order may still pay.
    error Guarantor_NotOurTurn(bytes32 card, address earlier);

    /// @notice The guarantor does not pay for this, or it has not happened.
    error Guarantor_NotTriggered(bytes32 card, Trigger trigger);

    /// @notice The last second for a claim has passed.
    error Guarantor_TooLate(uint256 until, uint256 nowAt);

    /// @notice The claim has to wait so many days more.
    error Guarantor_TooEarly(bytes32 card, uint256 daysLeft);

    /// @notice The claim is not confirmed, and the assessor's days are not over or do not count for it.
    error Guarantor_NotVerified(bytes32 card, Stage stage);

    /// @notice Something may still be claimed for the card.
    error Guarantor_StillStands(bytes32 card, Stage stage);

    /// @notice The merchant does not owe the guarantor so much.
    error Guarantor_NotOwed(address merchant, uint256 amount, uint256 owed);

    /// @notice Only the assessor may say this.
    error Guarantor_NotAssessor(address caller, address assessor);

    /// @notice Only whose capital it is may do this.
    error Guarantor_NotKeeper(address caller, address keeper);

    /// @notice A line or set of limits contradicts itself.
    error Guarantor_RulesInvalid(string what, uint256 value);

    /// @notice The merchant has no line that takes new cards.
    error InsurancePool_NoLine(address merchant);

    /// @notice The line is not open to this: it was stopped, has begun, or is of another kind.
    error InsurancePool_LineNotOpen(uint256 line);

    /// @notice The party's line still runs; 0: it was not begun.
    error InsurancePool_LineNotOver(uint256 line, uint256 until);

    /// @notice A payer's account does not hold its part of the premium.
    error InsurancePool_PremiumMissing(uint256 line, uint256 place, uint256 needed, uint256 there);

    /// @notice The line names nobody there, or somebody else.
    error InsurancePool_NotPayer(uint256 line, uint256 place, address caller);

    /// @notice Only the party that the line insures may claim on it.
    error InsurancePool_NotBeneficiary(address caller, uint256 line);

    /// @notice The round still takes or decides claims, or the one before it is not shared out.
    error InsurancePool_RoundOpen(uint256 line, uint256 round, uint256 undecided);

    /// @notice The round has been shared out already.
    error InsurancePool_RoundClosed(uint256 line, uint256 round);

    /// @notice The parts proposed do not add up to the pot.
    error InsurancePool_AllotmentWrong(uint256 line, uint256 round, uint256 parts, uint256 pot);

    /// @notice The claim's round has not been shared out yet.
    error InsurancePool_NotAllotted(uint256 line, uint256 round);

    /// @notice Neither the merchant nor the product carries the platform's label.
    error PlatformAdvance_NotLabelled(address merchant);

    /// @notice Only an operator of the platform may say this.
    error CoverBook_NotOperator(address caller);

    /// @notice A cover names one to four admitted guarantors, each once, each with a limit.
    error CoverBook_PledgesUnsound(uint256 place);

    // ------------------------------------------------------------------------------------------- Digital yuan

    /// @notice Only the issuer may mint.
    error DigitalYuan_NotIssuer(address caller);

    // ---------------------------------------------------------------------------------------- Recoverable owner

    /// @notice Only the key in force may do this.
    error RecoverableOwner_NotKey(address caller);

    /// @notice Only the guardian may do this.
    error RecoverableOwner_NotGuardian(address caller);

    /// @notice No recovery is under way, or its waiting time is not over.
    error RecoverableOwner_NotReady(uint256 readyAt);
}
