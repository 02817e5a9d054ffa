"""A bar for what takes its time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from monitor.cli.session import console


@contextmanager
def progress(what: str, *, shown: bool = True) -> Iterator[Callable[[int, int], None]]:
    """A function to tell how much is done, of how much in all; nothing is shown where no person looks.

    The bar is on standard error, and goes away at the end.
    """
    if not shown or not (errors := console(stderr=True)).is_terminal:
        yield lambda _done, _total: None
        return
    from rich.progress import Progress  # only a terminal needs it

    with Progress(console=errors, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
