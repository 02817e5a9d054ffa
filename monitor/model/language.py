"""The language that everything is written in, and that a subscriber reads in who chose no other. Pure."""

ENGLISH = "en"
