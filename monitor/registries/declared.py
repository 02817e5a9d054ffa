"""Every adapter, loaded, and the words of its codes made known."""

from collections.abc import Iterator
from importlib import import_module

from monitor.model import vocabulary
from monitor.registries import FOLDERS
from monitor.registries.adapter import Adapter, Declared, FedByFiles


def _declared() -> Iterator[type[Declared]]:
    """The `ADAPTER` of each folder, or its `ADAPTERS` where it has several."""
    for folder in FOLDERS:
        module = import_module(f"monitor.registries.{folder}.adapter")
        yield from module.ADAPTERS if hasattr(module, "ADAPTERS") else (module.ADAPTER,)


_DECLARED = tuple(_declared())

ADAPTERS: tuple[type[Adapter], ...] = tuple(each for each in _DECLARED if issubclass(each, Adapter))
"""Those of registries that are asked. The first is the default."""

_asked = {each.key for each in ADAPTERS}
FED_BY_FILES: tuple[type[FedByFiles], ...] = tuple(
    each for each in _DECLARED if issubclass(each, FedByFiles) and each.key not in _asked
)
"""Those of registries that files alone feed: one that has an adapter of its own is asked instead."""

for _adapter in _DECLARED:
    vocabulary.add(_adapter.words)
