"""Text as bytes: decoding, cleaning and sampling it, and the numbers in it; shared by all text formats.

characters   a text of any encoding as UTF-8
lines        blocks of whole lines, while the text arrives
sample       whole lines from the start, the middle and the end
repairs      byte-order marks and NUL bytes, removed and counted
numerals     texts parsed as numbers, and the digits that doubles lose
"""
