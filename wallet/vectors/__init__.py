"""Worked examples of the law and of contract rules, played on real cards and compared to the fen.

A file of vectors (`prepaid.vectors/1`) says what went in and what must come out. `format` reads it, `stage`
is the platform they are played on, the play modules open and use real cards or call the services that
enforce a rule, and `run` compares what moved with what was expected. No formula of the law stands in here:
what is compared is money, read from the chain after it moved.
"""

from wallet.vectors.format import Vector, read_vectors
from wallet.vectors.run import FAIL, PASS, UNSUPPORTED, Outcome, run_vectors

__all__ = ["FAIL", "PASS", "UNSUPPORTED", "Outcome", "Vector", "read_vectors", "run_vectors"]
