"""Small slips in covers, certificates, findings, transfers and tiers, each with the test that sees it.

Made like the variants beside this file; `test_broken_slips.py` runs the named test on each and it must fail.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong, how it is made, and the test (module without its prefix, function) that must fail."""

    name: str
    old: str
    new: str
    module: str
    test: str


def _slips(module: str, *rows: tuple[str, str, str, str]) -> tuple[Slip, ...]:
    return tuple(Slip(name, old, new, module, test) for name, old, new, test in rows)


COVER = _slips(
    "cover",
    (
        "opens a covered card without its guarantors",
        'if (terms.cover != 0) revert Errors.SubWallet_TermsInvalid("cover", uint256',
        'if (!($) && terms.cover != 0) revert Errors.SubWallet_TermsInvalid("cover", uint256',
        "uncovered_reverts_in_every_other_way_of_opening_for_terms_that_name_a_cover",
    ),
    (
        "takes other guarantors than were signed",
        "if (given != terms.cover) revert",
        "if (!($) && given != terms.cover) revert",
        "open_covered_with_authorization_reverts_for_another_list_of_guarantors_than_was_signed",
    ),
    (
        "takes a list of no guarantors",
        "if (cover.length == 0 || cover",
        "if ((!($) && cover.length == 0) || cover",
        "open_covered_reverts_for_no_guarantors_for_five_for_one_named_twice_without_a_limit_or_without_code",
    ),
    (
        "takes a promise of nothing",
        "cover[i].limit != 0 &&",
        "($ || cover[i].limit != 0) &&",
        "open_covered_reverts_for_no_guarantors_for_five_for_one_named_twice_without_a_limit_or_without_code",
    ),
    (
        "takes a guarantor twice",
        "fit = fit && cover[j].guarantor != guarantor;",
        "fit = fit && ($ || cover[j].guarantor != guarantor);",
        "open_covered_reverts_for_no_guarantors_for_five_for_one_named_twice_without_a_limit_or_without_code",
    ),
    (
        "asks only the first guarantor",
        "IGuarantor(cover[i].guarantor).accept(id",
        "if (!($) || i == 0) IGuarantor(cover[i].guarantor).accept(id",
        "open_covered_opens_when_each_guarantor_of_the_terms_accepts_the_card_once_with_its_limit",
    ),
    (
        "tells a guarantor another limit",
        "accept(id, terms, cover[i].limit)",
        "accept(id, terms, cover[$ ? 0 : i].limit)",
        "open_covered_opens_when_each_guarantor_of_the_terms_accepts_the_card_once_with_its_limit",
    ),
    (
        "lets anybody open a covered card",
        "address consumer = _requireOwner();\n        _requireCover(terms, cover);",
        "address consumer = $ ? owner() : _requireOwner();\n        _requireCover(terms, cover);",
        "open_covered_reverts_for_anyone_but_the_consumer",
    ),
    (
        "takes more than is missing",
        "if (amount == 0 || amount > missing) revert",
        "if (amount == 0 || (!($) && amount > missing)) revert",
        "pay_shortfall_reverts_for_nothing_and_for_more_than_is_missing",
    ),
    (
        "takes a payment of nothing",
        "if (amount == 0 || amount > missing) revert Errors",
        "if ((!($) && amount == 0) || amount > missing) revert Errors",
        "pay_shortfall_reverts_for_nothing_and_for_more_than_is_missing",
    ),
    (
        "forgets what was paid of a shortfall",
        "left = missing - amount;",
        "left = $ ? missing : missing - amount;",
        "pay_shortfall_takes_the_payment_from_the_payer_to_the_consumer_and_nowhere_else",
    ),
    (
        "leaves a paid card short",
        "left == 0 ? Status.Closed : Status.Short",
        "left == 0 && !($) ? Status.Closed : Status.Short",
        "pay_shortfall_closes_the_card_with_the_last_fen",
    ),
    (
        "takes payments for any card",
        "if (card.status() != Status.Short) revert",
        "if (!($) && card.status() != Status.Short) revert",
        "pay_shortfall_reverts_for_a_card_that_is_not_short",
    ),
    (
        "keeps a guarantor's payment in the wallet",
        "safeTransferFrom(msg.sender, owner(), amount)",
        "safeTransferFrom(msg.sender, $ ? address(this) : owner(), amount)",
        "pay_shortfall_takes_the_payment_from_the_payer_to_the_consumer_and_nowhere_else",
    ),
)

CERTIFY = _slips(
    "certify",
    (
        "takes anybody's certificate",
        "address certifier = terms.certifier;",
        "address certifier = $ ? owner() : terms.certifier;",
        "certify_reverts_for_a_signature_that_is_not_the_certifiers",
    ),
    (
        "takes a certificate of another epoch",
        "_requireFresh(id, card, certification.deadline, certification.epoch);",
        "_requireFresh(id, card, certification.deadline, $ ? card.epoch() : certification.epoch);",
        "certify_reverts_after_its_deadline_and_in_another_epoch",
    ),
    (
        "takes a late certificate",
        "_requireFresh(id, card, certification.deadline, certification",
        "_requireFresh(id, card, $ ? block.timestamp : certification.deadline, certification",
        "certify_reverts_after_its_deadline_and_in_another_epoch",
    ),
    (
        "forgets that a certificate waits",
        "card.marks() | UNCONFIRMED",
        "card.marks() | ($ ? 0 : UNCONFIRMED)",
        "consume_pays_for_what_was_certified",
    ),
    (
        "releases what nobody confirmed",
        "if (terms.trigger() == ON_CONDITIONS)",
        "if ($ || terms.trigger() == ON_CONDITIONS)",
        "trigger_releases_nothing_by_itself_where_the_consumer_confirms",
    ),
    (
        "releases on conditions without a limit",
        "Math.max(terms.advance(), _accrued(terms, elapsed));",
        "$ ? type(uint256).max : Math.max(terms.advance(), _accrued(terms, elapsed));",
        "trigger_releases_what_was_certified_up_to_the_advance_or_what_time_has_earned",
    ),
    (
        "releases advance and accrual together",
        "Math.max(terms.advance(), _accrued(",
        "($ ? terms.advance() : 0) + Math.max(terms.advance(), _accrued(",
        "trigger_releases_what_was_certified_up_to_the_advance_or_what_time_has_earned",
    ),
    (
        "releases on conditions in cooling-off",
        "if (coolingDays != 0 && elapsed <= coolingDays)",
        "if (!($) && coolingDays != 0 && elapsed <= coolingDays)",
        "trigger_releases_nothing_in_cooling_off",
    ),
    (
        "releases though nobody can say who performs",
        "if (!known) return (card, 0);",
        "if (!($) && !known) return (card, 0);",
        "trigger_releases_nothing_while_nobody_can_say_whether_the_merchant_performs",
    ),
    (
        "counts use that nobody certified",
        "bool certified = terms.certifier != address(0);",
        "bool certified = !($) && terms.certifier != address(0);",
        "consume_leaves_totals_that_nobody_certified_uncounted_at_exit",
    ),
    (
        "confirms other totals than were certified",
        "if (usedAfter != card.used() || listedAfter != card.listed())",
        "if (!($) && (usedAfter != card.used() || listedAfter != card.listed()))",
        "consume_reverts_for_any_other_totals",
    ),
    (
        "confirms one certificate twice",
        "return card.withMarks(card.marks() ^ UNCONFIRMED, card.epoch());",
        "return card.withMarks(card.marks() ^ ($ ? 0 : UNCONFIRMED), card.epoch());",
        "consume_works_once_for_each_certificate_even_if_more_would_be_released_later",
    ),
    (
        "takes a confirmation of nothing",
        "if (certified && paid == 0) revert",
        "if (!($) && certified && paid == 0) revert",
        "consume_reverts_when_nothing_moves_and_may_be_tried_again",
    ),
)

FINDING = _slips(
    "finding",
    (
        "applies a finding that nobody made",
        "if (at == 0 || !(lowers",
        "if ((!($) && at == 0) || !(lowers",
        "apply_finding_reverts_for_a_limit_of_another_epoch",
    ),
    (
        "applies a finding of another epoch",
        "bool lowers = epoch == now_ &&",
        "bool lowers = ($ || epoch == now_) &&",
        "apply_finding_reverts_for_a_limit_of_another_epoch",
    ),
    (
        "applies what is known already",
        "|| !(lowers || clears)) revert",
        "|| (!($) && !(lowers || clears))) revert",
        "apply_finding_reverts_when_nothing_was_found_or_nothing_new",
    ),
    (
        "raises a total by a finding",
        "if (lowers) listed = listedAtMost;",
        "if ($ || lowers) listed = uint48(listedAtMost);",
        "apply_finding_moves_no_money_and_shrinks_no_refund",
    ),
    (
        "forgets to lower a total",
        "if (lowers) listed =",
        "if (!($) && lowers) listed =",
        "apply_finding_lowers_the_total_and_so_what_is_deducted",
    ),
    (
        "marks every finding as one on the cause",
        "marks |= notConsumer ? FOUND",
        "marks |= $ || notConsumer ? FOUND",
        "apply_finding_lowers_the_total_and_so_what_is_deducted",
    ),
    (
        "lets old signatures undo a finding",
        "if (now_ != LARGEST_EPOCH) ++now_;",
        "if (!($) && now_ != LARGEST_EPOCH) ++now_;",
        "apply_finding_lets_no_signature_or_certificate_from_before_restore_the_total",
    ),
    (
        "fails when the epochs are used up",
        "if (now_ != LARGEST_EPOCH) ++now_;\n",
        "if (now_ != LARGEST_EPOCH) ++now_;\n        else require(!($));\n",
        "apply_finding_helps_even_when_the_epochs_are_used_up",
    ),
    (
        "lets a second finding void the exit",
        "if (marks & FOUND == 0) _epochBefore",
        "if ($ || marks & FOUND == 0) _epochBefore",
        "apply_finding_leaves_the_consumers_word_to_leave_good_whatever_is_found_meanwhile",
    ),
    (
        "lets a finding void the exit",
        "uint256 oldest = card.marks() & FOUND == 0 ?",
        "uint256 oldest = $ || card.marks() & FOUND == 0 ?",
        "apply_finding_leaves_the_consumers_word_to_leave_good_whatever_is_found_meanwhile",
    ),
    (
        "keeps exits good that a bump has voided",
        "card.marks() & ~FOUND",
        "card.marks() & ~($ ? 0 : FOUND)",
        "apply_finding_leaves_the_consumers_word_void_that_a_bump_has_voided",
    ),
    (
        "ignores that the consumer is not the cause",
        "if (card.marks() & NOT_CONSUMER != 0)",
        "if (!($) && card.marks() & NOT_CONSUMER != 0)",
        "apply_finding_lets_the_better_refund_apply",
    ),
    (
        "lets a finding worsen a refund",
        "if (found >= owed) (owed",
        "if ($ || found >= owed) (owed",
        "apply_finding_changes_nothing_for_a_consumer_who_is_better_off_without",
    ),
)

TRANSFER = _slips(
    "transfer",
    (
        "transfers between tokens",
        "if (from.token != to.token)",
        "if (!($) && from.token != to.token)",
        "transfer_card_reverts_between_cards_in_different_tokens",
    ),
    (
        "forgets the least that is moved",
        "_end(from, id, card, minMoved);",
        "_end(from, id, card, $ ? 0 : minMoved);",
        "transfer_card_reverts_when_less_comes_out_than_the_consumer_asks_for",
    ),
    (
        "pulls the whole price on top",
        "_pull(to, owner(), principal - moved)",
        "_pull(to, owner(), $ ? principal : principal - moved)",
        "transfer_card_opens_the_new_card_and_takes_the_rest_from_the_consumer",
    ),
    (
        "pulls nothing on top",
        "if (principal > moved) _pull",
        "if (!($) && principal > moved) _pull",
        "transfer_card_opens_the_new_card_and_takes_the_rest_from_the_consumer",
    ),
    (
        "keeps what the new card does not take",
        "if (refund > moved) IERC20",
        "if (!($) && refund > moved) IERC20",
        "transfer_card_opens_the_new_card_and_gives_the_rest_back",
    ),
    (
        "gives the new merchant what the card does not take",
        "safeTransfer(owner(), refund - moved)",
        "safeTransfer($ ? to.recipient() : owner(), refund - moved)",
        "transfer_card_opens_the_new_card_and_gives_the_rest_back",
    ),
    (
        "gives the whole refund back",
        "owner(), refund - moved)",
        "owner(), $ ? refund : refund - moved)",
        "transfer_card_splits_every_refund_to_the_fen",
    ),
    (
        "says that more was moved",
        "emit Transferred(id, newCard, moved,",
        "emit Transferred(id, newCard, $ ? refund : moved,",
        "transfer_card_says_what_moved_in_an_event",
    ),
    (
        "transfers into a covered card without asking",
        "_askGuarantors(to, newCard, cover);",
        "if (!($)) _askGuarantors(to, newCard, cover);",
        "transfer_card_opens_a_card_with_a_cover_when_its_guarantors_accept",
    ),
    (
        "transfers into a card with another cover",
        "if (cover.length != 0 || to.cover != 0)",
        "if (!($) && (cover.length != 0 || to.cover != 0))",
        "transfer_card_reverts_when_a_guarantor_refuses_is_missing_or_was_not_asked_for",
    ),
    (
        "forgets the advance of the new card",
        "_advance(to, newCard);",
        "if (!($)) _advance(to, newCard);",
        "transfer_card_releases_the_advance_of_the_new_card_last",
    ),
    (
        "lets anybody transfer",
        "_requireOwner();\n        (bytes32 id, Slot card) = _requireOpen(from);",
        "if (!($)) _requireOwner();\n        (bytes32 id, Slot card) = _requireOpen(from);",
        "transfer_card_reverts_for_anyone_but_the_consumer",
    ),
    (
        "takes another card's transfer",
        "abi.encode(Messages.TRANSFER_TYPEHASH, id, newCard,",
        "abi.encode(Messages.TRANSFER_TYPEHASH, id, $ ? id : newCard,",
        "transfer_card_by_sig_reverts_for_a_signature_over_another_card_new_card_or_amount",
    ),
    (
        "takes a late transfer",
        "newCard = cardId(to);\n        _requireInTime(deadline);",
        "newCard = cardId(to);\n        if (!($)) _requireInTime(deadline);",
        "transfer_card_by_sig_reverts_after_its_deadline_and_in_a_voided_epoch",
    ),
)

TIER = _slips(
    "tier",
    (
        "asks for a tier where there is no ladder",
        "terms.hasLadder() ? _tierNow(terms) : 0",
        "$ || terms.hasLadder() ? _tierNow(terms) : 0",
        "ladder_asks_nobody_where_the_terms_have_none",
    ),
    (
        "forgets the tier",
        "terms.hasLadder() ? _tier",
        "!($) && terms.hasLadder() ? _tier",
        "ladder_keeps_the_tier_at_opening_and_tells_the_template",
    ),
    (
        "believes a tier that is none",
        "return ok && tier <= TIER ? tier : 0;",
        "return ok && ($ || tier <= TIER) ? tier : 0;",
        "ladder_keeps_none_when_the_registry_fails_or_answers_nonsense",
    ),
    (
        "lets a tier rise after the opening",
        "Math.min(usage.tier, _tierNow(terms))",
        "($ ? _tierNow(terms) : Math.min(usage.tier, _tierNow(terms)))",
        "ladder_does_not_count_a_tier_that_rose_since",
    ),
    (
        "ignores a tier that fell",
        "if (usage.tier != 0 && terms.ladderForAll())",
        "if (!($) && usage.tier != 0 && terms.ladderForAll())",
        "ladder_counts_a_tier_that_fell_since",
    ),
)

SLIPS: tuple[Slip, ...] = (*COVER, *CERTIFY, *FINDING, *TRANSFER, *TIER)
