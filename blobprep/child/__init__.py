"""The child's side: parse, run, encode. Nothing here holds a credential or talks to storage."""
