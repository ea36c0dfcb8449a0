"""The profile of a table, computed by Arrow and NumPy, column by column and without a copy of the table.

table         the profile of a whole table
ordered       statistics of numbers, times and durations
words         statistics of texts and binary values
categories    statistics of categories and truth values
axes          numbers of a column as positions on an axis and as values
kinds         kinds of columns
moments       mean, deviation, skewness and kurtosis, merged from blocks
sketches      numbers of distinct values in bounded memory
histograms    histograms and box plots
gaps          where values are missing
chosen        the rows that distributions are taken from
rows          rows in blocks, or chosen at random
sample        the rows that are shown
cells         cells as texts of a bounded length
pairs         pairs of columns
coded         columns as they are drawn and compared
drawn         rows that are drawn
associations  how strongly columns go together
clock         how much time is left
budget        a profile within a number of bytes
"""
