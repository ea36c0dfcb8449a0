"""Batch execution: jobs that outlive the request that created them, and the server that runs them.

states     the states of a job, and what leads from one to another
job        a job as the queue keeps it
seal       secrets of jobs at rest
database   the file that jobs live in
queue      jobs in a database, and all that may happen to them
"""
