"""Speed and memory, measured beside what people write by hand. `make bench` prints them; nothing is asserted."""
