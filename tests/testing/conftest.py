"""The fixtures that other people get."""

from __future__ import annotations

from wallet.testing import prepaid_chain, prepaid_lab, prepaid_platform

__all__ = ["prepaid_chain", "prepaid_lab", "prepaid_platform"]
