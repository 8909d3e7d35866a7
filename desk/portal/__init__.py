"""What every service needs that answers portals' messages: reading, judging and recording them (docs/adr/0024)."""
