"""One setting for all property tests: no time limit for single examples, since machines are shared."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("prepaid", deadline=None)
settings.load_profile("prepaid")
