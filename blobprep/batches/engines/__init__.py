"""Where items run.

base    what every engine promises
"""
