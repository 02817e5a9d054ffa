"""For programs that watch over the service, and the mail server beside it: no pages, no sign-in.

health   /healthz  200 while everything works that should, else 503 with the reasons: call somebody
         /livez    200 while it is alive, else 503 with the reasons: restart it. An outage of something else is none
         /readyz   200 once it is active or standing by with a database that it can read, else 503
         /metrics  figures, in the text format of Prometheus: `metrics` makes them
hooks    /hooks/bounces  mails that came back, from a mail server
"""
