"""What `monitor serve` answers over HTTP: pages for readers, operators and subscribers, and figures for programs.

    /healthz    200 while everything works that should, else 503 with the reasons: restart it, or call somebody
    /readyz     200 once it is active or standing by with a database that it can read, else 503
    /metrics    figures, in the text format of Prometheus
    /hooks/bounces   mails that came back, from a mail server: see `hooks`
    everything else  the table in `routes`, whose rows the parts for readers, operators and subscribers make

`application` puts it together, `site` has what all pages share, `listening` is the socket and the server's thread, and
`connections` limits how many descriptors strangers can take up. It listens on loopback unless told otherwise.

`forms` says how forms come in and which of them are obeyed, `rates` how many. The whole of a page is a template that
extends frame.html, a row of the table and a handler.
"""
