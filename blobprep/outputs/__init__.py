"""What a run writes: claim the prefix, collect what the child left, commit it, finish the manifest."""
