"""What a run reads: resolve names to ETags, fetch bytes into files the child reads."""
