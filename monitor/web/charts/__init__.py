"""Charts as SVG: pure functions of numbers and dates, whose text is already in the reader's language.

    plan      how the plan of a trial moved: plan_words, plan_frame and plan_dates are its parts
    days      changes by day            slips     how far primary completion moved
    strip     a back-test               tries     the attempts of a delivery
    looks     looks at a registry       ages      how long ago trials were read in full
    svg       scales, ticks, labels and elements: what all of these are made of

Classes carry the theme; positions and sizes are attributes, never a style. Text keeps its size, so a chart comes in a
wide and a narrow copy, and the style sheet shows one of them.
"""
