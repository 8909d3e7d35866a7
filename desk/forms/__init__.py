"""The kit of forms: what portals and staff tools state, read strictly, all errors at once, each in plain Japanese."""

from desk.forms.codes import codes_of
from desk.forms.commands import CommandForm, Stated
from desk.forms.form import Form, Part, at, load, load_or_refuse, optional, said
from desk.forms.listing import ListForm, Listing
from desk.forms.problems import LABELS, SENTENCES, WORDS, Problem, Words, problem, refuse

__all__ = [
    "LABELS",
    "SENTENCES",
    "WORDS",
    "CommandForm",
    "Form",
    "ListForm",
    "Listing",
    "Part",
    "Problem",
    "Stated",
    "Words",
    "at",
    "codes_of",
    "load",
    "load_or_refuse",
    "optional",
    "problem",
    "refuse",
    "said",
]
