"""Two tables compared: columns by their labels, rows by a key, their position or their content, cells by their values.

tables    the comparison as a whole
schema    which columns belong together
pairing   which rows belong together
cells     what changed in a column
values    two columns in a form that can be compared, whatever their types
rows      the rows that are shown, as many as there is room for
"""
