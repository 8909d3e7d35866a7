"""Sets up a city: its database, vhost, users, keys and first pack. Running it again mends what is missing."""
