"""Batch execution: jobs that outlive the request that created them, and the server that runs them.

routes         the addresses: create, start, status, delete
openapi        batch execution as OpenAPI describes it
wire           the JSON of requests and answers
blobs          what a request says about a blob, and which storage it may name
registration   what a job is to do, from a request and its service
states         the states of a job, and what leads from one to another
job            a job as the queue keeps it
seal           secrets of jobs at rest
database       the file that jobs live in
queue          jobs in a database, and all that may happen to them
rows           rows of the database, and the jobs that they are
workers        the threads that work on jobs
execution      one job: its run, and its results
stopping       what stops a job's run from another thread
places         the blobs of a job in open stores
results        results put where clients look for them
listing        `blobprep jobs`: jobs listed and cancelled without a server
server         the jobs of one server, put together
"""
