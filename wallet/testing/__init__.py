"""Fixtures and hypothesis strategies for people's own pytest suites.

In a `conftest.py`: `pytest_plugins = ["wallet.testing"]`. It has to be asked for, so that an environment's
other suites are not touched. Needs pytest and hypothesis, 6.27.3 or later, which the extra `testing` brings.
What there is, with an example: docs/python.md.
"""

from __future__ import annotations

from wallet.testing.fixtures import (
    advance,
    assert_conserved,
    buy_card,
    card,
    certifier,
    consumer,
    merchant,
    money,
    operator,
    other_consumer,
    other_merchant,
    prepaid_chain,
    prepaid_lab,
    prepaid_platform,
)
from wallet.testing.paths import Action, Figures, play, predict
from wallet.testing.platform import Lab, Platform
from wallet.testing.products import Product

__all__ = [
    "Action",
    "Figures",
    "Lab",
    "Platform",
    "Product",
    "advance",
    "assert_conserved",
    "buy_card",
    "card",
    "certifier",
    "consumer",
    "merchant",
    "money",
    "operator",
    "other_consumer",
    "other_merchant",
    "play",
    "predict",
    "prepaid_chain",
    "prepaid_lab",
    "prepaid_platform",
]
