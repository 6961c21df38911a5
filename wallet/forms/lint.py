"""Which statements of a form say what the law bans, and whether it says what it must."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from wallet.forms.pattern import pattern
from wallet.forms.rules import MERCHANT_CAUSE, REFUND_CLAUSE, RULES, TRIAL_ONLY, VOID, Rule
from wallet.forms.sayings import LONGEST, sayings
from wallet.forms.split import Clause, clauses

_TURNED: Final = pattern(
    "(?:不得|不能|不会|不应|不可|不准|无权|禁止|严禁|绝不|不存在|并非|并不|而不是|不是|不因|不以|决不|从不|无需|无须|不享有)"
    "[^，]{0,10}$|[不未]$"
)
"""Words that, right before a hit in the same breath, make it a promise."""

_FORBIDS_MERCHANT: Final = pattern("{merchant}[^，]{0,10}$")
_FORBIDDEN: Final = pattern("{harsh}")
_DUTY: Final = pattern("{harsh}[^，]{0,14}?(?:拒绝|拒不|不予|概不|不退|推诿|拖延|克扣|扣留|阻|限制|妨碍)")
"""Two refusals make a duty; `不得拒绝退款`."""

_ANONYMOUS: Final = pattern("(?:本卡|此卡|购物卡|储值卡|均|系|为|是)[^，]{0,4}(?:不记名|无记名|匿名)")
_NAMED: Final = pattern("(?<!不)(?<!无)(?:记名|实名)|不管|无论")


@dataclass(frozen=True, slots=True)
class Finding:
    """One banned clause: the kind, the line it begins on, the statement and the words that gave it away."""

    kind: str
    line: int
    text: str
    words: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a lint found. `missing` names required clauses that are not there; `ok` means neither."""

    findings: tuple[Finding, ...]
    missing: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.findings and not self.missing


def lint(text: str, *, whole: bool = True) -> Report:
    """Check a form; with `whole` false it is a fragment, and nothing is missed in it."""
    found = clauses(text)
    checked = [(clause, _check(clause)) for clause in found]
    lawful = {"no-reissue"} if whole and _anonymous(found) else set()
    findings = tuple(one for _, hits in checked for one in hits if one.kind not in lawful)
    lacks = whole and not any(_refunds(clause.plain) for clause, hits in checked if not hits)
    return Report(findings, ("consumer-refund",) if lacks else ())


def _anonymous(found: list[Clause]) -> bool:
    """Whether the form is for cards without a name only, which nobody need replace (art. 24)."""
    marks = [_ANONYMOUS.search(clause.plain) for clause in found]
    return any(marks) and not any(_NAMED.search(clause.plain) for clause in found)


def _refunds(text: str) -> bool:
    """Whether a statement says how a consumer who leaves by their own wish is refunded."""
    if MERCHANT_CAUSE.search(text) or not any(says.search(text) for says in REFUND_CLAUSE):
        return False
    return TRIAL_ONLY.search(text) is None or "后" in text


def _check(clause: Clause) -> list[Finding]:
    """The kinds that one statement is of, each once."""
    if VOID.search(clause.plain):
        return []
    found = _kinds(RULES, clause.plain) or _kinds(sayings(), clause.plain[:LONGEST])
    return [Finding(kind, clause.line, clause.text, words) for kind, words in found.items()]


def _kinds(rules: tuple[Rule, ...], text: str) -> dict[str, str]:
    """The kinds of which a rule fires, with its words."""
    hits = ((rule.kind, _hit(rule, text)) for rule in rules)
    return {kind: words for kind, words in hits if words}


def _hit(rule: Rule, text: str) -> str:
    """The words for which the rule fires, empty if it does not."""
    hits = (match for says in rule.says for match in says.finditer(text) if not _turned(text, match))
    first = next(hits, None)
    if first is None or any(fair.search(text) for fair in rule.unless):
        return ""
    return first.group()


def _turned(text: str, match: re.Match[str]) -> bool:
    """Whether what stands before a hit, or its own beginning, makes it protect the consumer."""
    breath = re.split("[，：]", text[: match.start()])[-1]
    if _TURNED.search(breath) or _DUTY.match(match.group()):
        return True
    return bool(_FORBIDDEN.match(match.group()) and _FORBIDS_MERCHANT.search(breath))
