"""A notice as data: YAML in, Pack out. A pack that was kept needs nothing of what reads and lints the YAML (`load`)."""

from duban.pack.kept import find_pack, load_pack, shipped_packs
from duban.pack.obligation import Obligation
from duban.pack.pack import Pack

__all__ = ["Obligation", "Pack", "find_pack", "load_pack", "shipped_packs"]
