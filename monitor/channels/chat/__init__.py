"""Chat rooms, by Apprise.

channel    the declaration                        transport   what sends
services   which services may be written to       pasted      the URLs that they give to paste
rendering  events and digests as plain text       settings    the table [chat] of config.toml
guarding   every call of Apprise goes through a guarded session
"""
