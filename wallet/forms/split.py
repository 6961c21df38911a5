"""A form's text as clauses: one statement each, with the line it begins on.

Also undoes what only hides words: full-width letters, spaces and marks inside words, traditional characters
of the words that matter here, and homophones met in such forms.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_SIMPLE: Final = str.maketrans(
    "權費補辦釋歸轉讓變價質責擔訴訟爭議務務卡過餘額單說據確屬與儲預賠償辦業產規約經營內將無為會員對於後應還關條"
    "慨槪拟讬",
    "权费补办释归转让变价质责担诉讼争议务务卡过余额单说据确属与储预赔偿办业产规约经营内将无为会员对于后应还关条"
    "概概拟托",
)
_END: Final = re.compile(r"[。；;！!？?\n]+")
_NUMBERING: Final = re.compile(
    r"^\s*(?:第[一二三四五六七八九十百零〇\d]+[条章款项]|[(（]?[一二三四五六七八九十\d]+[)）.、．:：]|[-*•·○●■]+|[①-⑳])\s*"
)
_HIDING: Final = re.compile(r"[\s*＊·•_~～\-—…\"'“”‘’「」『』【】《》<>\[\]|/\\^#@&=+`]+")


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement: as written, made plain for comparison, and the line (from 1) it begins on."""

    text: str
    plain: str
    line: int


def plain(text: str) -> str:
    """The text for comparison: one spelling of everything, no blanks, commas as `，`."""
    text = unicodedata.normalize("NFKC", text).translate(_SIMPLE)
    return _HIDING.sub("", text).replace(",", "，").replace("、", "、").replace(":", "：")


def clauses(text: str) -> list[Clause]:
    """All statements of a form, in order. A line break ends a statement only where one could end."""
    found: list[Clause] = []
    start = 0
    for end in [*_END.finditer(text), None]:
        stop = len(text) if end is None else end.start()
        raw = text[start:stop]
        stripped = raw.strip()
        if stripped:
            lead = len(raw) - len(raw.lstrip())
            line = text.count("\n", 0, start + lead) + 1
            body = _NUMBERING.sub("", stripped)
            if len(plain(body)) > 1:
                found.append(Clause(stripped, plain(body), line))
        start = stop if end is None else end.end()
    return _joined(found)


def _joined(found: list[Clause]) -> list[Clause]:
    """Statements that a line break cut in two (the first ends in a comma) are one again."""
    whole: list[Clause] = []
    for clause in found:
        if whole and whole[-1].plain.endswith(("，", "、", "：")):
            last = whole.pop()
            clause = Clause(last.text + clause.text, last.plain + clause.plain, last.line)
        whole.append(clause)
    return whole
