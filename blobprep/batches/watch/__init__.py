"""A batch that is kept up to date with what arrives: the batch with `resume`, again and again.

What was done is told by the batch's own record, and what there is by a listing. Events only say when to list.

watch   `blobprep.watch`: from options to cycles
loop    cycle after cycle, until it is stopped
hints   messages of a queue, received until a cycle has covered what they are about
events  what such a message says
"""
