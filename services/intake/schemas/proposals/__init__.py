"""What the desk states about proposals: one form for each command and list."""
