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
    templates, static  what pages are made with, in folders of the same names

    machines     /healthz, /livez, /readyz, /metrics and /hooks: for programs that watch over the service
    server       the socket, connections, and what every answer tells a browser

A request comes through `server`; `application` joins the pages, the API and the routes for machines.

What is shown comes from `monitor.views`, and what is done is done by the steps that commands take: no SQL stands here.

**A new page** is a template that extends frame.html, a handler, and a row in the PAGES of its module.
"""
