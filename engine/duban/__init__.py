"""duban (督办): a notice as code. `duban.audit(records, pack, as_of=…)` judges every duty of a pack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Audit", "__version__", "audit", "load_pack"]

if TYPE_CHECKING:
    from duban.auditing import Audit, audit
    from duban.pack import load_pack


def __getattr__(name: str) -> Any:
    """Load the engine when it is first used: the command line and `import duban` stay quick."""
    if name in ("Audit", "audit"):
        from importlib import import_module

        return getattr(import_module("duban.auditing"), name)
    if name == "load_pack":
        from duban.pack import load_pack

        return load_pack
    raise AttributeError(f"module 'duban' has no attribute {name!r}")
