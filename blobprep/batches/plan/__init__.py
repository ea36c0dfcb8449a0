"""The plan of a batch: from a pattern or a list to items, in the order of their keys.

Everything that can be refused is refused here, before the first item runs: names that cannot be, templates that cannot
be filled in, two items with one output.

plan            `plan_items`: the plan of a batch
places          containers, and folders of local files
lists           `--list`: references in a file, or the results of a run or batch
wanted          blobs whose names are known, looked up in bulk
second_dataset  the second dataset of items
sources         the blobs that a batch is about: a pattern in its store
findings        the blobs that a batch may be about
choice          those of them that meet its conditions
parts           the parts of a blob's name, and those that there always are
conditions      `--where`: which of the blobs that match are meant
templates       outputs, figures and parameters: texts with parts that are filled in
item_maker      items, made of the blobs that they read
pieces          large blobs divided among several runs
divisions       how these were divided, kept in the record
scratch_file    a database on disk without a name
pieces_spool    items that were divided, on disk
rows            the blobs of a plan, on disk
outputs         what two items may not have in common, and names that the store refuses
"""
