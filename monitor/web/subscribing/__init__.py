"""Who is told of what: the list of subscriptions, the builder, the first start, and the pages by signed link.

building   /subscriptions/new: what a rule would have sent, and to save it; `ideas` reads its address and form
listing    /subscriptions, and one of them with what may be done to it
own        /confirm/…, /a/…: for subscribers, by the links in their mails; `changing` does what their forms say
choosing   what the forms of both offer: filters and rhythms
previewing what a rule would have sent, as templates are given it; `command` says the rule as a command

Nothing changes by GET, because programs that look for harmful links open every one.
"""
