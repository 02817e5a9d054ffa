"""Lists of trials from people and other programs.

| what                                  | what stands for a trial in it                                             |
|---------------------------------------|---------------------------------------------------------------------------|
| text                                  | every whole trial id, and every address of a trial's page, in each line   |
| CSV and its like (`, ; tab |`)        | the column whose heading names ids, else addresses; see `tables`          |
| JSON, one document or one a line      | the registry's studies; else what a key that names ids or addresses holds |
| XML, HTML, RSS, OPML                  | the element that names ids, else addresses                                |
| RIS                                   | the accession number, else the address                                    |
| urlwatch or webchanges, `.yaml`       | `url` or `navigate` of each job, over any number of YAML documents        |
| changedetection.io                    | `url` of each watch: its folder, a file of it, or its backup; see `stores` |
| a zip archive                         | the lists in it                                                           |

`read_list` shows all the steps: `opening` finds the encoding, a module per format finds the pieces of text, `naming`
says which trials a piece names, and `sorting` decides which of them are meant. A new format is a
module that feeds a `Sorter`, and a line in `_reader`.

The rule: nothing is dropped silently. What should be a trial and is not goes to `TrialList.left`, and a trial that is
only mentioned goes to `TrialList.aside`; each with its place.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from monitor.errors import ConfigurationInvalid
from monitor.operate.transfer.lists import archives, jobs, lines, markup, stores, tables, trees
from monitor.operate.transfer.lists.opening import LARGEST, LARGEST_TREE, Source, opened
from monitor.operate.transfer.lists.sorting import Sorter, TrialList
from monitor.ports import Registry

__all__ = ["LARGEST", "LARGEST_TREE", "TrialList", "folder_of", "is_store", "opened", "read_list", "read_source"]

is_store = stores.is_store
folder_of = stores.folder_of

_BY_BEGINNING = (
    (trees.looks_like_it, trees.read),
    (markup.looks_like_it, markup.read),
    (jobs.looks_like_it, jobs.read),
)


def read_list(file: Path, registries: Sequence[Registry]) -> TrialList:
    """The trials of a list of any kind; `-` is standard input, a folder is a store of changedetection.io.

    Raise ConfigurationInvalid for a file that cannot be read, is too large, or is not what its name says.
    """
    if folder := stores.folder_of(file):
        sorter = Sorter(registries)
        stores.read(stores.Folder(folder), sorter, shown=str(folder))
        return sorter.found()
    with opened(file) as source:
        return read_source(source, registries)


def read_source(source: Source, registries: Sequence[Registry]) -> TrialList:
    """The trials of a list that is open. Raise as `read_list` does."""
    sorter = Sorter(registries)
    if archives.is_archive(source):
        archives.read(source, sorter, read_one=_read)
    else:
        _read(source, sorter)
    return sorter.found()


def _read(source: Source, sorter: Sorter) -> None:
    if source.holds:
        raise ConfigurationInvalid(f"{source.name} {source.holds}")
    _reader(source)(source, sorter)


def _reader(source: Source) -> Callable[[Source, Sorter], None]:
    """The reader for a source, chosen by its name or else by how it begins."""
    match source.suffix:
        case ".yaml" | ".yml":
            return jobs.read
        case ".json" | ".jsonl" | ".ndjson":
            return trees.read
    for looks_like_it, read in _BY_BEGINNING:
        if looks_like_it(source.beginning):
            return read
    return tables.read if tables.heading_of(source) else lines.read
