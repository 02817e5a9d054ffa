"""What a receiver gets: an event as bytes, rendered once and sent as they are by every attempt. Pure.

The terminal shares what the first four say; rich and layout are its own.

    text      makes a registry's words safe to show       words      codes and values as people say them
    worddiff  two long texts, word by word                values     one change's before and after, as lines
    mail      an event as a whole mail                    webhook    an event as JSON

The rule: a registry's words reach a mail, a header or a page only through `text.plain` or one of its kin.
"""
