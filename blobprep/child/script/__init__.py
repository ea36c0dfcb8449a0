"""The user's script: load it, call it, record what it does, explain why it failed.

entry           load the script, call its entry point, describe its failure
parameters      the parameters of a run as environment variables
return_value    the frames in a return value
streams         standard output and error, recorded in order
figures         images that the script saved, and figures it left open
debugger        the script under pdb or debugpy
classic_names   names that libraries no longer have, restored while the script runs
tracebacks      tracebacks of exceptions with deep stacks
missing_files   hints about files and modules that were not found
"""
