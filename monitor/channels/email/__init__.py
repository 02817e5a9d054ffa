"""Mail by SMTP.

address    addresses as people type them          rendering   an event as a mail, with templates; mime its bytes
transport  the channel, and the signature         smtp        one connection; logins, tokens how it is logged in
"""
