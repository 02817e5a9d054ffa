"""What `monitor serve` answers over HTTP: pages for people, feeds, the API, and figures for programs.

    site         what all pages share: a request as a handler sees it, rights, forms, the frame, templates
    routes       the table of all pages; each module of pages ends with its own rows
    reading      what changed, trials, snapshots, sponsors, conditions, watches
    feeds        changes as Atom, JSON Feed and CSV, key dates as calendars, server-sent events
    charts       SVG from numbers and dates
    access       signing in, one's own account, users and tokens
    subscribing  subscriptions, the builder, and subscribers' pages by signed link
    operating    deliveries, held changes, quarantine, health, watches
    api          the API at /api/v1, and its page at /api
    templates  static    what pages are made with, in folders of the same names

    machines  /healthz  200 while everything works that should, else 503 with the reasons: restart it, or call somebody
              /readyz   200 once it is active or standing by with a database that it can read, else 503
              /metrics  figures, in the text format of Prometheus: `metrics` makes them
    hooks     /hooks/bounces  mails that came back, from a mail server

A request comes through `listening`, the socket and the server's thread, which listens on loopback unless told
otherwise; `connections` limits how many descriptors strangers can take up, `peers` notes who is at the other end, and
`safety` adds what every answer tells a browser. `application` joins the routes; `forms` reads what forms send and says
which of them are obeyed; `rates` says how often.

What is shown comes from `monitor.views`, and what is done is done by the steps that commands take: no SQL stands here.

**A new page** is a template that extends frame.html, a handler, and a row in the PAGES of its module.
"""
