"""A day's packets in one go: each patient's packet, one stack to print, and a list of what needs a person's eye.

identifiers      each finished page, searched for every other patient's identifiers
exceptions       what staff have to know of a day before packets are handed out
exceptions_page  that list as pages to print
exceptions_csv   that list for a spreadsheet program
entries          one packet of a stack
separators       the sheet before each packet of a stack
stack            one file to print, in which no sheet of paper carries two patients
stack_proof      the proof of it
plan           which packet each row gets, before any is made
ledger         `day.json`: what became of each row
superseding    packets of an earlier run that no longer stand
work           a task, an outcome, and how one becomes the other
bench          what a worker process keeps between two packets
crew           workers on this machine
run            from the plan to the packets
"""
