"""A feed as Atom (RFC 4287) and as JSON Feed 1.1. Pure: the same entries make the same bytes."""

from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

import orjson

from monitor.web.feeds.entries import Entry, Feed

ATOM, JSON_FEED = "application/atom+xml", "application/feed+json"
_PROGRAM = "registry-monitor"


def atom(feed: Feed) -> bytes:
    """The feed as an Atom document."""
    links = [("alternate", "text/html", feed.url), ("self", ATOM, feed.own_url)]
    links += [("next", ATOM, feed.next_url)] if feed.next_url else []
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">',
        f"<id>{escape(feed.id)}</id>",
        f"<title>{escape(feed.title)}</title>",
        f"<updated>{_moment(feed.updated_at)}</updated>",
        f"<author><name>{_PROGRAM}</name></author>",
        f"<generator>{_PROGRAM}</generator>",
        *(f'<link rel="{rel}" type="{kind}" href={quoteattr(url)}/>' for rel, kind, url in links),
        *map(_entry, feed.entries),
        "</feed>\n",
    ]
    return "\n".join(parts).encode()


def json_feed(feed: Feed) -> bytes:
    """The feed as a JSON Feed."""
    made = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.url,
        "feed_url": feed.own_url,
        **({"next_url": feed.next_url} if feed.next_url else {}),
        "language": "en",
        "authors": [{"name": _PROGRAM}],
        "items": [
            {
                "id": entry.id,
                "url": entry.url,
                "title": entry.title,
                "content_html": entry.html,
                "content_text": entry.text,
                "date_published": _moment(entry.seen_at),
                **({"date_modified": _moment(entry.updated_at)} if entry.updated_at != entry.seen_at else {}),
                "tags": list(entry.tags),
            }
            for entry in feed.entries
        ],
    }
    return orjson.dumps(made, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _entry(entry: Entry) -> str:
    return "\n".join(
        (
            "<entry>",
            f"<id>{escape(entry.id)}</id>",
            f"<title>{escape(entry.title)}</title>",
            f"<updated>{_moment(entry.updated_at)}</updated>",
            f"<published>{_moment(entry.seen_at)}</published>",
            f'<link rel="alternate" type="text/html" href={quoteattr(entry.url)}/>',
            *(f"<category term={quoteattr(tag)}/>" for tag in entry.tags),
            f'<summary type="text">{escape(entry.text)}</summary>',
            f'<content type="html">{escape(entry.html)}</content>',
            "</entry>",
        )
    )


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
