"""Chat rooms, by Apprise.

transport  the channel                            rendering   an event as plain text
services   which services may be written to       pasted      the URLs that they give to paste
guarding   every call of Apprise goes through a guarded session
"""
