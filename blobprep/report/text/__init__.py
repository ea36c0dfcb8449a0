"""Texts for a terminal, or a pipe, about tables and runs. Pure; the width of a line is passed in.

cells      the width of texts on a terminal, and texts made to fit
lines      lines whose parts have styles, and tables of such parts
sparkline  histograms as a row of characters
"""
