"""Where items run.

base            what every engine promises
window          items under way, at most so many
executor        any executor of Python's
local           warm children on this machine
gated_children  children that compute a few at a time
"""
