"""What people see in the terminal: functions that turn the model's objects into rich renderables. Pure.

    text      a registry's words as rich prints them         worddiff   two long texts, word by word
    values    one change's before and after                  styles     the colours, each with its meaning
    check  record  history  diff  watches                    one module for what each command shows

`monitor.render` says what to show, in safe words; here it is laid out and coloured.

The rule: a registry's text reaches the terminal only through its `text.plain` and a `rich.text.Text`. A bare str would
be read as markup, and a terminal obeys escape codes. Colour only repeats what the words say, so nothing is lost
without it; and no text is cut without saying so.
"""
