"""Codes of the pack in the words of a letter, wherever a service writes it."""

from desk.packs import Pack
from desk.packs.sections import Code


def with_method(words: str, pack: Pack, method: str | None) -> str:
    """The words, and where another method (その他連携手法) was named, its name and the law that it rests on."""
    if method is None:
        return words
    named = pack.methods[Code(method)]
    return f"{words}\n手法：{named.name}（{named.legal_basis.value}）"
