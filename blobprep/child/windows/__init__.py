"""Windows paths in scripts: backslashes, and names that ignore case.

paths          what a Windows path means below the working folder
functions      replacements for Python's functions that take paths
path_entries   the places where they replace the originals
"""
