"""The service's health over HTTP, for the programs that watch over it.

    /           what this is and how it is, for people
    /healthz    200 while everything works that should, else 503 with the reasons: restart it, or call somebody
    /readyz     200 once it is active or standing by with a database that it can read, else 503
    /metrics    figures, in the text format of Prometheus

`pages` makes the application, `metrics` holds the figures, `listening` is the socket and the server's thread, and
`connections` limits how many descriptors strangers can take up. Nothing here changes anything, and nothing is secret;
still, it listens on loopback unless told otherwise.

A new page is a function and its route in `pages`.
"""
