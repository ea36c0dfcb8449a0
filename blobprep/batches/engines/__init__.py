"""Where items run.

base            what every engine promises
window          items under way, at most so many
executor        any executor of Python's
local           warm children on this machine
dask            a Dask cluster
spark           tasks of Spark jobs
choice          the engine that `--engine` or an argument names
gated_children  children that compute a few at a time
"""
