"""Two editions of a text compared, sentence by sentence: the pieces that can be blacked out one by one."""

from difflib import SequenceMatcher

from eventstore.sealing.commitments import sentences


def changed_sentences(old: str, new: str) -> dict[str, list[str]]:
    """Which sentences of a text went (`removed`), and which came (`added`), in their order."""
    before, after = sentences(old), sentences(new)
    removed: list[str] = []
    added: list[str] = []
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            removed += before[i:j]
            added += after[k:m]
    return {"removed": removed, "added": added}
