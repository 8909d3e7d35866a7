"""Deadlines: days counted as their rule is written, and every date with its derivation."""
