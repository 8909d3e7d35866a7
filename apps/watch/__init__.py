"""Watching: what waits, what is parked and who is at work in each city, as metrics, as readiness and for people.

It asks each city's database as a role of its own that can count and read no record, and nothing waits for it.
"""
