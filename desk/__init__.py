"""What the services share of the office's craft: packs, permissions, Japanese dates."""
