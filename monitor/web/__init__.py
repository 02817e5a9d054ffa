"""The service's health over HTTP, for the programs that watch over it; and pages for those who are told.

    /           what this is and how it is, for people
    /healthz    200 while everything works that should, else 503 with the reasons: restart it, or call somebody
    /readyz     200 once it is active or standing by with a database that it can read, else 503
    /metrics    figures, in the text format of Prometheus
    /hooks/bounces   mails that came back, from a mail server: see `hooks`
    /subscriptions/new, /confirm/…, /a/…   where `[web] self_service` is on: see `subscribers`

`pages` makes the application, `metrics` holds the figures, `listening` is the socket and the server's thread, and
`connections` limits how many descriptors strangers can take up. It listens on loopback unless told otherwise. Of the
first four nothing changes anything, and nothing is secret.

`subscribers` has the pages for people: `asking` and `changing` are what their forms say, `choosing` what both offer,
`forms` how these come in and which of them are obeyed, `rates` how many, and `rendering` makes pages of `templates/`
and `static/`. The whole of a page is a template that extends base.html, a route and a handler.
"""
