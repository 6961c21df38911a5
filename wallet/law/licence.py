"""Whether a business licence can be genuine: the unified social credit code and its check characters.

GB 32100-2015: 18 characters without I, O, S, V and Z; department, category, six digits of the place, the nine
characters of the organisation code (GB 11714, with a check character of its own) and one check character over
all before it. A code that passes may still belong to nobody; only the register can tell that.
"""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def credit_code_fault(code: str) -> str:
    """What is wrong with a unified social credit code, in few words; empty if nothing is."""
    if len(code) != 18:
        return f"it has {len(code)} characters, not 18"
    strange = next((one for one in code if one not in _ALPHABET), "")
    if strange:
        return f"{strange!r} does not occur in one"
    if not code[2:8].isdecimal():
        return f"the place {code[2:8]} is not six digits"
    if code[16] != organisation_check(code[8:16]):
        return f"the organisation code {code[8:17]} does not check"
    if code[17] != credit_code_check(code[:17]):
        return "the last character does not check"
    return ""


def credit_code_check(first: str) -> str:
    """The 18th character for the 17 before it."""
    total = sum(_ALPHABET.index(one) * weight for one, weight in zip(first, _WEIGHTS, strict=True))
    return _ALPHABET[-total % 31]


def organisation_check(first: str) -> str:
    """The ninth character of an organisation code for the eight before it."""
    pairs = zip(first, _ORGANISATION_WEIGHTS, strict=True)
    check = -sum(_ORGANISATION.index(one) * weight for one, weight in pairs) % 11
    return "X" if check == 10 else str(check)
