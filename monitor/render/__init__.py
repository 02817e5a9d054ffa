"""What mails, chat messages, pages, feeds and the terminal share to show changes. Pure; layout is each one's own.

    words      codes and values as people say them      values    one change's before and after, as lines
    worddiff   two long texts, word by word             folding   changes that repeat each other, told once
    headlines  a change in a few words                  nets      what several changes came to, in words
    context    what stands around a change              rhythms   when a subscriber is told
    change_rows  record_rows  paragraphs    changes, records and long texts as rows of a page

The rule: a registry's words reach a mail, a header or a page only through `monitor.text.plain` or one of its kin.
"""
