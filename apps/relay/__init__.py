"""The relay as a process: one `Relay` per city."""
