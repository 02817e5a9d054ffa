"""Who may use the pages and the API: users, signing in, sessions, and tokens of programs.

    users       add, change and remove users              passwords   which are refused, and their hashes
    signing_in  a password, then a code                   codes       of authenticators, and for when one is lost
    sessions    a browser in which somebody signed in     tokens      what programs show
    tries       how often somebody may be wrong           context     what all of these need

Each step is told the time, and knows nothing of requests and pages. Passwords, codes and tokens are in no message,
no log and, but for the encrypted secrets of authenticators, only as hashes in the database.
"""
