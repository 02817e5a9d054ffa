"""SQL of statements, compiled once a process.

An engine has a cache of its own, and in the program that is as good; here every test has an engine of its own, and
compiling everything anew was a fifth of the time that tests of the database took.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache


class _Compiled(LRUCache[Any, Any]):
    """Of one kind of database. The first part of a key is the engine's own dialect, and all of a kind are alike."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key[1:], value)


_kept: dict[str, _Compiled] = {}


def compile_once() -> None:
    """Let the engines that are made from now on share what they compile."""
    made = Engine.__init__

    def make(engine: Engine, *arguments: Any, **options: Any) -> None:
        made(engine, *arguments, **options)
        engine._compiled_cache = _kept.setdefault(engine.dialect.driver, _Compiled(capacity=5000))

    Engine.__init__ = make  # type: ignore[method-assign]
