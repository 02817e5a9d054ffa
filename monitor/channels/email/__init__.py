"""Mail by SMTP.

channel    the declaration                        address      addresses as people type them
rendering  an event, digest many, notice a notice alert        what every mail has: headers, why it came, how to leave
foot       those words; slots what is shared      typesetting  templates; mime the bytes of a mail
transport  what sends, and the signature          smtp         one connection; logins, tokens how it is logged in
settings   the tables [smtp] and [bounces]        configured   the server and the sender as the former has them
reports    what a mail says of a mail of ours     statuses     what its codes and words mean for a mailbox
returned   the mailbox that mails come back to    return_paths the addresses that they come back to
"""
