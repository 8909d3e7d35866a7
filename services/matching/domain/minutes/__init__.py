"""The documents of minutes (議事録): each edition that the city stands by, in a stream of its own."""

from services.matching.domain.minutes.keeping import MINUTES, KeepMinutes, MinutesKept, minutes_stream

__all__ = ["MINUTES", "KeepMinutes", "MinutesKept", "minutes_stream"]
