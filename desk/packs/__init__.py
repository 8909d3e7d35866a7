"""Policy packs: what each municipality decides for itself, read from `municipalities/<name>.toml`."""

from desk.packs.pack import Pack
from desk.packs.problems import PackInvalid, PackProblem
from desk.packs.reading import load_pack, read_adopted

__all__ = ["Pack", "PackInvalid", "PackProblem", "load_pack", "read_adopted"]
