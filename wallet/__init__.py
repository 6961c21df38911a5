"""Prepaid-contract laboratory: the library. It never prints, prompts or reads argv."""

__version__ = "0.1.0"
