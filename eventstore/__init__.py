"""The kernel: what was decided is appended, sealed and remembered here; it knows no service and no app."""
