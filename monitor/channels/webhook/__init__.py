"""Webhooks: Standard Webhooks 1.0.0.

channel    the declaration                        transport   what sends: one POST an attempt
rendering  an event as JSON, digest a digest      settings    the table [webhooks] of config.toml
signing    by what a receiver sees that it is ours
"""
