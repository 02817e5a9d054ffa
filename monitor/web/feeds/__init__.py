"""What programs fetch again and again: changes as Atom, JSON Feed and CSV, and key dates as calendars.

changes    feeds and tables of changes: `entries` says what each has of an event, `forms` writes Atom and JSON Feed
calendars  key dates of one trial or of many; `calendar` writes iCalendar
by_token   both for whoever has a token in the address, where the site is not public
live       server-sent events: an open page hears how many changes came since it was made
"""
