"""`make demo`: two cities on this machine, real proposals carried through the whole system."""
