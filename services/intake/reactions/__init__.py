"""What intake does by itself: what portals ask of it, and what follows from events."""
