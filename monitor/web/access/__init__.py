"""Signing in and out, the page of one's own account, and the operator's page of users and tokens.

`visiting` says who asks: by the cookie of a session, or by a header of a proxy that signs people in. Programs show
tokens instead: see `monitor.access.tokens`.
"""
