"""What all pages share: the table's rows, requests as handlers see them, the frame around what they show.

route       Page: a row of the table in `monitor.web.routes`, and Needs: who may see it
asked       Asked: a request that was checked, and Visitor: who it is from
site        Site: what a handler may use of the program
answering   from a request to an answer: rights, forms, threads, errors, compression, ETags
proof       the line under the frame: how much was seen, of when the data are, when the next look is
rendering   templates and static files; language has the texts
"""
