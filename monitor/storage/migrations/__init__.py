"""Alembic revisions that bring a database to today's schema; `monitor.storage.store` applies them.

A new revision is one file in `versions/` (copy the latest, number it one higher, write `upgrade`) and one line in
REVISIONS. A released revision is never edited. It is self-contained: importing `tables` would change the past.
"""

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
)
"""Every revision, the first one first. It stands here, beside Alembic's own knowledge, because loading Alembic takes
100 ms and this is read at every start."""

HEAD = REVISIONS[-1]
