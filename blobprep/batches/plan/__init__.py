"""The plan of a batch: from a pattern or a list to items, in the order of their keys.

Everything that can be refused is refused here, before the first item runs: names that cannot be, templates that cannot
be filled in, two items with one output.

plan        `plan_items`: the plan of a batch
sources     the blobs that a batch is about: a pattern in its store
parts       the parts of a blob's name, and those that there always are
conditions  `--where`: which of the blobs that match are meant
templates   outputs, figures and parameters: texts with parts that are filled in
item_maker  items, made of the blobs that they read
rows        the blobs of a plan, on disk
outputs     what two items may not have in common, and names that the store refuses
"""
