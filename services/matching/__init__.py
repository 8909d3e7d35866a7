"""Matching: from an accepted proposal to the department that answers it. `declaration` says what it owns and reads."""
