"""What a person sees in the terminal: functions from the model's objects to rich renderables. Pure.

    text      a registry's words as rich prints them         worddiff   two long texts, word by word
    values    one change's before and after                  styles     the colours, each with its meaning
    check  record  history  diff  watches                    one module for what each command shows

What there is to say, and safe words for it, come from `monitor.render`; here it is laid out and coloured.

The rule: a registry's text reaches the terminal only through its `text.plain` and a `rich.text.Text`. A bare str would
be read as markup, and a terminal obeys escape codes. Colour only repeats what the words say: without it nothing is
lost, and no text is cut without saying so.
"""
