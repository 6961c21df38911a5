"""Standard forms: the Chinese text a consumer is bound by, and a lint for clauses the law bans in it.

Reads text and knows nothing of chains; `wallet.services.form` registers a form's hash. A lint finds wording,
not law: what it passes may still be unfair, and a lawyer decides.
"""

from wallet.forms.kinds import KINDS, Kind
from wallet.forms.lint import Finding, Report, lint
from wallet.forms.split import Clause, clauses

__all__ = ["KINDS", "Clause", "Finding", "Kind", "Report", "clauses", "lint"]
