"""What a document holds that the registry's schema does not: fields and codes that we do not know yet. Pure.

They do no harm: what is unknown is kept, compared and shown as it is. But the operator should hear of it once.
"""

from collections.abc import Iterator, Sequence

import orjson

from monitor.model import Json
from monitor.ports import Oddity
from monitor.registries.drks.known import Known, documented_record
from monitor.registries.oddities import told


def unknown(content: bytes) -> Sequence[Oddity]:
    """What is unknown in the content of a LISTED document."""
    return told(_in(orjson.loads(content), documented_record()))


def _in(value: Json, known: Known) -> Iterator[Oddity]:
    """What is unknown in a value, as deep as the documented fields go. A list within a list counts as part of it."""
    if isinstance(value, list):
        for item in value:
            yield from _in(item, known)
    elif isinstance(value, dict):
        for name, each in value.items():
            if member := known.members.get(name):
                yield from _in(each, member)
            else:
                yield Oddity(f"{known.path}.{name}".lstrip("."))
    elif known.codes and value not in known.codes:
        said = value if isinstance(value, str) else orjson.dumps(value).decode()
        yield Oddity(known.path, said)
