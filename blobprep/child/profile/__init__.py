"""The profile of a table, computed by Arrow and NumPy, column by column and without a copy of the table.

table    the profile of a whole table
kinds    the kinds of columns
sample   the rows that are shown
clock    how much time is left
"""
