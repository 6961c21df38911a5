"""Which property of the invariant search must be seen to break for each slip of `slips.py`.

The names are those under which `invariants/books.py` and `machine.py` report; INVARIANTS.md says what they
mean.
"""

from __future__ import annotations

OPEN_CARDS = "released + held = principal while open"
SIGNED = "nothing without a signature"
REFUND = "the refund is at least what is due"
WORKS = "what is signed goes through"
RIGHT = "refused for the right reason"
ENOUGH = "the merchant gets no more than was signed"
EXIT = "the exit always works"
ONLY = "money goes only to the payee or the consumer"
OWN = "a call touches only its own card"
THERE = "what cards hold is there"
TIME = "time earns no more than the terms state"
CONSERVED = "paid + refunded + moved + held = paid in"
COLLECTED = "a collection ends it"
ENDED = "closed stays closed"
TOTALS = "totals are those that were signed"
EPOCH = "the epoch is the one signed"
MARKS = "marks tell what happened"
CONFIRMED = "a confirmation moves money"
COVERED = "a covered card stands only with all its guarantors"
TIERS = "a tier is the platform's word, and only lowers"
HELPS = "a finding only helps the consumer"
SHORTFALL = "a shortfall is paid once, to the consumer"
FENS = "a transfer's fens add up"

SEEN = {
    "opens a covered card without its guarantors": (SIGNED,),
    "takes other guarantors than were signed": (SIGNED, RIGHT),
    "takes a list of no guarantors": (SIGNED,),
    "takes a promise of nothing": (SIGNED,),
    "takes a guarantor twice": (SIGNED,),
    "asks only the first guarantor": (SIGNED, COVERED),
    "tells a guarantor another limit": (COVERED,),
    "lets anybody open a covered card": (SIGNED,),
    "takes more than is missing": (SIGNED, RIGHT),
    "takes a payment of nothing": (SIGNED,),
    "forgets what was paid of a shortfall": (ENDED, SHORTFALL),
    "leaves a paid card short": (ENDED, SHORTFALL),
    "takes payments for any card": (SIGNED, RIGHT),
    "keeps a guarantor's payment in the wallet": (ONLY,),
    "takes anybody's certificate": (SIGNED, WORKS, RIGHT),
    "takes a certificate of another epoch": (SIGNED,),
    "takes a late certificate": (SIGNED,),
    "forgets that a certificate waits": (MARKS,),
    "releases what nobody confirmed": (TIME,),
    "releases on conditions without a limit": (TIME,),
    "releases advance and accrual together": (TIME,),
    "releases on conditions in cooling-off": (TIME,),
    "releases though nobody can say who performs": (TIME,),
    "counts use that nobody certified": (SIGNED, RIGHT, WORKS),
    "confirms other totals than were certified": (SIGNED, TOTALS),
    "confirms one certificate twice": (MARKS, SIGNED),
    "takes a confirmation of nothing": (CONFIRMED,),
    "applies a finding that nobody made": (SIGNED,),
    "applies a finding of another epoch": (SIGNED, TOTALS),
    "applies what is known already": (SIGNED,),
    "raises a total by a finding": (TOTALS,),
    "forgets to lower a total": (TOTALS,),
    "marks every finding as one on the cause": (MARKS,),
    "lets old signatures undo a finding": (EPOCH,),
    "fails when the epochs are used up": (WORKS,),
    "lets a second finding void the exit": (WORKS, RIGHT),
    "lets a finding void the exit": (WORKS, RIGHT),
    "keeps exits good that a bump has voided": (MARKS, SIGNED),
    "ignores that the consumer is not the cause": (REFUND,),
    "lets a finding worsen a refund": (HELPS, REFUND),
    "transfers between tokens": (SIGNED,),
    "forgets the least that is moved": (REFUND,),
    "pulls the whole price on top": (ONLY, WORKS),
    "pulls nothing on top": (ONLY,),
    "keeps what the new card does not take": (ONLY,),
    "gives the new merchant what the card does not take": (ONLY,),
    "gives the whole refund back": (ONLY,),
    "says that more was moved": (FENS, CONSERVED),
    "transfers into a covered card without asking": (COVERED, SIGNED),
    "transfers into a card with another cover": (SIGNED,),
    "lets anybody transfer": (SIGNED,),
    "takes another card's transfer": (WORKS, RIGHT),
    "takes a late transfer": (SIGNED,),
    "asks for a tier where there is no ladder": (TIERS,),
    "forgets the tier": (TIERS,),
    "believes a tier that is none": (TIERS,),
    "lets a tier rise after the opening": (TIERS,),
    "ignores a tier that fell": (TIERS,),
}
"""Slips that the search must see too, and the properties of which one breaks. The one that is left out costs
the merchant and not the consumer."""

UNRELIABLE = {
    "releases though nobody can say who performs",
    "believes a tier that is none",
    "applies a finding that nobody made",
}
"""Those of them that only registries which fail or lie bring to light."""
