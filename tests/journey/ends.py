"""Where the demo's story brings each sample."""

from typing import Final

ENDS: Final = {
    "01-aomori-company": ("accepted", 2),
    "02-aomori-university": ("accepted", 1),
    "03-aomori-sole-proprietor": ("accepted", 1),
    "05-aomori-foreign-company": ("withdrawn", 1),
    "06-aomori-confidential": ("accepted", 1),
    "16-aomori-for-call": ("received", 1),
    "08-tokorozawa-company-long": ("accepted", 1),
    "09-tokorozawa-university": ("accepted", 1),
    "10-tokorozawa-npo": ("accepted", 1),
    "13-tokorozawa-full-width": ("received", 1),
    "14-tokorozawa-suspended-company": ("accepted", 1),
    "15-tokorozawa-sales": ("ineligible", 1),
}
"""Sample → where it stands after the story, and in which edition."""
CASES: Final = {
    "01-aomori-company": ("answered", "demonstration"),
    "02-aomori-university": ("in_dialogue", None),
    "03-aomori-sole-proprietor": ("answered", "other_method"),
    "06-aomori-confidential": ("answered", "procurement"),
    "08-tokorozawa-company-long": ("answered", "partnership"),
    "09-tokorozawa-university": ("kept", "kept"),
    "10-tokorozawa-npo": ("offered", None),
    "14-tokorozawa-suspended-company": ("answered", "no"),
}
"""Accepted sample → where its case stands after the story, and what was decided of it."""
ANSWERED: Final = [sample for sample, (_, outcome) in CASES.items() if outcome]
