"""The error for what the programme in force does not allow."""

from __future__ import annotations

from wallet.errors import PolicyRefusal


class NotAllowed(PolicyRefusal):
    """The programme in force does not allow it; nothing was signed or sent."""

    code = "not-allowed"
