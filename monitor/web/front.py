"""The page at `/`: what this is, how it stands, and where everything else is. Pure; no script, no style of its own."""

from collections.abc import Mapping, Sequence
from html import escape

PLACES = {
    "/healthz": "whether everything works that should: 200, or 503 with the reasons",
    "/readyz": "whether it is active or standing by, with a database that it can read: 200, or 503",
    "/metrics": "figures in the text format of Prometheus",
}
STANDINGS = {
    "leader": "This process is the active one.",
    "standby": "This process is standing by: another one is active, and it takes over should that end.",
    "unknown": "Whether this process is the active one is not known: the database does not answer.",
}
SAFETY = {
    "Content-Security-Policy": "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""Nothing is loaded, sent or framed."""


def front_page(version: str, standing: str, reasons: Sequence[str], places: Mapping[str, str] = PLACES) -> str:
    """HTML for people. *reasons* are what does not work."""
    links = "\n".join(f'<li><a href="{path}">{path}</a>: {escape(what)}</li>' for path, what in places.items())
    troubles = "\n".join(f"<li>{escape(reason)}</li>" for reason in reasons)
    state = (
        f"<p><strong>Something does not work:</strong></p>\n<ul>\n{troubles}\n</ul>"
        if reasons
        else "<p>All is well.</p>"
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>registry-monitor</title>
</head>
<body>
<main>
<h1>registry-monitor</h1>
<p>Watches registered clinical trials, and tells people what changed and how much it matters.
Version {escape(version)}.</p>
<h2>How it stands</h2>
<p>{STANDINGS.get(standing, escape(standing))}</p>
{state}
<h2>What there is</h2>
<ul>
{links}
</ul>
<p>Everything else is at the command line: <code>monitor --help</code>, and <code>monitor doctor</code> where
something is wrong.</p>
</main>
</body>
</html>
"""
