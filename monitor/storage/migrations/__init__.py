"""Alembic revisions that bring a database to today's schema; `monitor.storage.store` applies them.

A new revision is one file in `versions/` (copy the latest, number it one higher, write `upgrade`) and one line in
REVISIONS. A released revision is never edited. It is self-contained: importing `tables` would change the past.

While a new version takes the place of the former one, processes of both work at one database. So a revision that only
adds says so in its name: with "0041_from_0039", code that knows the schema up to 0039 goes on with it, and may be
started. That takes tables, columns that may be null or have a default, and indexes that are not unique; what is no
longer used is taken away two versions later, in a revision without such a name. tests/storage/test_newer_schemas.py
holds revisions to it.
"""

FROM = "_from_"
"""In the name of a revision, before the first one whose code works with its schema."""

REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
    "0016",
    "0017",
    "0018",
    "0019",
    "0020",
    "0021",
    "0022",
    "0023",
    "0024",
    "0025",
    "0026",
    "0027",
    "0028",
    "0029",
    "0030",
    "0031",
    "0032",
    "0033",
    "0034",
    "0035",
    "0036",
    "0037",
    "0038",
    "0039",
    "0040_from_0039",
    "0041_from_0039",
    "0042_from_0039",
    "0043_from_0039",
)
"""Every revision, the first one first. It stands here, beside Alembic's own knowledge, because loading Alembic takes
100 ms and this is read at every start."""

HEAD = REVISIONS[-1]


def number_of(revision: str) -> int:
    """The number that a revision begins with; 0 where it is none of ours."""
    number = revision.partition(FROM)[0]
    return int(number) if number.isascii() and number.isdigit() else 0


def works_with(revision: str) -> bool:
    """Whether this version's code works with the schema of a later one's, by that revision's name."""
    oldest = number_of(revision.partition(FROM)[2])
    return 0 < oldest <= number_of(HEAD) < number_of(revision)
