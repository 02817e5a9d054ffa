"""Webhooks: Standard Webhooks 1.0.0.

transport  the channel: one POST an attempt       rendering   an event as JSON
signing    by what a receiver sees that it is ours
"""
