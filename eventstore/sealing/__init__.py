"""Sealing: commitments in the record, values encrypted beside it, and the keys of both."""
