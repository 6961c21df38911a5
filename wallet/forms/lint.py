"""Which statements of a form say what the law bans, and whether it says what it must."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from wallet.forms.rules import FORBIDDEN_TO_REFUSE, PROTECTS, RULES, VOID, Rule
from wallet.forms.split import Clause, clauses
from wallet.forms.words import CONSUMER

_REFUND_CLAUSE: Final = re.compile(
    rf"(?:{CONSUMER}|个人原因|自身原因|本人原因|任何时候|随时|中途|提前)[^。]{{0,40}}?"
    r"(?:退款|退费|退卡|退课|退还|退回|返还|解除|终止|解约)[^。]{0,60}?"
    r"(?:退|返还|余款|余额|剩余|扣除|按|计算|日内|天内|当即|全额)"
)
"""What a form must hold somewhere: how the consumer gets out by their own wish (row 48)."""


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
    findings = tuple(finding for clause in found for finding in _check(clause))
    bad = {finding.line for finding in findings}
    fair = [clause for clause in found if clause.line not in bad]
    missing = () if not whole or any(_REFUND_CLAUSE.search(c.plain) for c in fair) else ("consumer-refund",)
    return Report(findings, missing)


def _check(clause: Clause) -> list[Finding]:
    """The kinds that one statement is of, each once."""
    if VOID.search(clause.plain):
        return []
    hits = ((rule, _hit(rule, clause.plain)) for rule in RULES)
    return [Finding(rule.kind, clause.line, clause.text, words) for rule, words in hits if words]


def _hit(rule: Rule, text: str) -> str:
    """The words for which the rule fires, empty if it does not."""
    if rule.unless is not None and rule.unless.search(text):
        return ""
    for match in rule.says.finditer(text):
        breath = re.split(r"[，：]", text[: match.start()])[-1]
        if not PROTECTS.search(breath) and not FORBIDDEN_TO_REFUSE.match(match.group()):
            return match.group()
    return ""
