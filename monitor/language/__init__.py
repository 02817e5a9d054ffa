"""The languages of what subscribers read: pages, mails, and what goes wrong, from gettext catalogues.

catalogues  the languages that there are, and their .po files
worded      a text with what is filled in, which can still be said in another language
texts       what a reader's language makes of a text, a number and a list

Texts are written in English, in templates as `_("…")` or `{% trans %}`, in modules as `texts.gettext("…")` where the
reader is known, and as `worded("…")` where they are not. `make catalogue` collects them into locales/messages.pot and
takes them up in every .po; a test fails where one is missing there. What a registry says is never translated.
"""
