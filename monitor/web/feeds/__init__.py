"""What programs fetch again and again: changes as Atom, JSON Feed and CSV, and key dates as calendars."""
