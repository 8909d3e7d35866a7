"""Matching's rules, pure: no clock, no ids, no I/O."""
