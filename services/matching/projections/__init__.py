"""Matching's read models, each a function of the log, and the sentences of its history."""

from services.matching.projections.cases import CASES
from services.matching.projections.deadlines import DEADLINES, LETTERS, TIMERS
from services.matching.projections.history import SENTENCES
from services.matching.projections.obligations import OBLIGATIONS
from services.matching.projections.statistics import STATISTICS
from services.matching.projections.terms import TERMS

__all__ = ["CASES", "DEADLINES", "LETTERS", "OBLIGATIONS", "SENTENCES", "STATISTICS", "TERMS", "TIMERS"]
