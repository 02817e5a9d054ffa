"""Every adapter, loaded, and the words of its codes made known."""

from importlib import import_module

from monitor.model import vocabulary
from monitor.registries import FOLDERS
from monitor.registries.adapter import Adapter

ADAPTERS: tuple[type[Adapter], ...] = tuple(
    import_module(f"monitor.registries.{folder}.adapter").ADAPTER for folder in FOLDERS
)
"""The first is the default."""

for _adapter in ADAPTERS:
    vocabulary.add(_adapter.words)
