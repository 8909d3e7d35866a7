"""Paper: what the desk hands out and posts, as PDF from a template and values."""

from desk.paper.rendering import TypesettingError, render

__all__ = ["TypesettingError", "render"]
