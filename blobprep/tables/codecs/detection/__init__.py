"""What the bytes of a dataset are, whatever its name says.

content      the content of a blob, detected from a sample
signatures   signatures of files that are not text, with what to do about each
agreement    whether content and format agree, and the format of a blob whose name does not show it
"""
