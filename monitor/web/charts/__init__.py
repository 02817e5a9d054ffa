"""Charts as SVG: pure functions of numbers and dates, whose text is already in the reader's language.

Classes carry the theme; positions and sizes are attributes, never a style. Text keeps its size, so a chart comes in a
wide and a narrow copy, and the style sheet shows one of them.
"""
