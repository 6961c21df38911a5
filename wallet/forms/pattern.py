"""A small language for wording: concepts in braces, and how far apart they may stand.

`{refund}` is any word of that concept (see `words`). A blank is a gap of up to eight characters inside one
breath (no comma), ` ~ ` one of up to thirty across breaths. ` = ` is one in one breath that denies nothing.
` > ` is one between a refusal and what is refused, with no word that would turn the sense: `不得拒绝退款`
and `不能使用的可退款` refuse no refund. All gaps are bounded, so that time grows with the length of the
text only. Everything else is a regular expression.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from wallet.forms.words import LEXICON

_CONCEPT: Final = re.compile(r"\{([a-z][a-z-]*)\}")
_TURNS: Final = (
    "拒|扣留|克扣|减少|拖|推诿|限制|阻|排除|妨|因|并|影响|全额|可以|少于|超过|低于|迟|免除|收取|另"
    "|的(?:退还|按|可|有权|应|全)|，"
)
_GAPS: Final = (
    (" ~ ", r"[^\n]{0,30}?"),
    (" = ", "(?:(?!不|无权|未|禁)[^，]){0,14}?"),
    (" > ", f"(?:(?!{_TURNS}).){{0,10}}?"),
    (" ", "[^，]{0,8}?"),
)


@cache
def concept(name: str) -> str:
    """The words of a concept as one group."""
    return "(?:" + "|".join(_filled(word) for word in LEXICON[name].split(" ")) + ")"


def pattern(text: str) -> re.Pattern[str]:
    """What a text of the small language says."""
    for written, meant in _GAPS:
        text = text.replace(written, meant)
    return re.compile(_filled(text))


def _filled(text: str) -> str:
    return _CONCEPT.sub(lambda match: concept(match[1]), text)
