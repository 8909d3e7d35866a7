"""Intake: the single window for proposals and inquiries (総合窓口). `declaration` says what it owns and reads."""
