"""A day's packets in one go: each patient's packet, one stack to print, and a list of what needs a person's eye."""
