"""The ledger: the Merkle tree over the log (RFC 6962), its proofs, and signed checkpoints (C2SP notes)."""
