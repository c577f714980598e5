"""A day's packets in one go: each patient's packet, one stack to print, and a list of what needs a person's eye.

plan           which packet each row gets, before any is made
ledger         `day.json`: what became of each row
superseding    packets of an earlier run that no longer stand
work           a task, an outcome, and how one becomes the other
bench          what a worker process keeps between two packets
crew           workers on this machine
run            from the plan to the packets
"""
