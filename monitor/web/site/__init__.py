"""What all pages share: the table's rows, requests as handlers see them, the frame around what they show.

route       Page: a row of the table in `monitor.web.routes`, and Needs: who may see it
asked       Asked: a request that was checked, and Visitor: who it is from
site        Site: what a handler may use of the program
answering   from a request to an answer: rights, forms, threads, errors, ETags; `compressing` makes it smaller
forms       what a form sent, and which forms are obeyed; `rates` says how often a network may do what costs something
keeping     pages kept for some seconds while nothing changed; `counted` keeps counts for a minute
proof       the line under the frame: how much was seen, of when the data are, when the next look is
rendering   templates and static files; `language` has the languages of the pages, `translating` their texts
formats     how pages write numbers and moments; `paths` says where things are
basics      the choice of a theme, in the foot of every page
"""
