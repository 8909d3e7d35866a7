"""Verification: recomputes the whole ledger and everything that hangs on it, and names what is wrong and where."""
