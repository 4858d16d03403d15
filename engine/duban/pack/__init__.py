"""A notice as data: YAML in, Pack out."""

from duban.pack.kept import find_pack, load_pack, shipped_packs
from duban.pack.load import read_pack
from duban.pack.obligation import Obligation
from duban.pack.pack import Pack

__all__ = ["Obligation", "Pack", "find_pack", "load_pack", "read_pack", "shipped_packs"]
