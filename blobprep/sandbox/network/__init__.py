"""A script's only way to the network: the parent connects on its behalf, where the rules allow it.

rules           which hosts and ports a script may reach, and which addresses it may never reach
broker          takes requests for connections from the child, checks them, connects
relay           connects, and moves the bytes of one connection
connection_log  what a script tried to reach, counted
"""
