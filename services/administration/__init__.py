"""Administration: the city's rules, portals and staff. `declaration` says what it owns and opens."""
