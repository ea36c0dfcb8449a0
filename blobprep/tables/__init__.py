"""Tables: codecs to and from bytes, translation to and from frames."""
