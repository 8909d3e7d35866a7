"""What the city decides about its own system: packs and portals (stream `city`), staff (streams `staff`)."""
