"""The way of a script to the network."""
