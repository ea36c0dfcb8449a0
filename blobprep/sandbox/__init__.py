"""The parent's side of a child: start it, limit it, hear it, end it, and take what it left."""
