"""The socket, and what stands around every request before a page hears of it.

listening    the socket and the server's thread, on loopback unless told otherwise
connections  how many descriptors strangers can take up, and for how long
peers        who is at the other end, before a proxy says who asks
safety       what every answer tells a browser
"""
