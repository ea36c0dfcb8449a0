"""Parquet and Arrow: formats that store columns with their types.

parquet        Parquet files
chunks         Parquet files written with all cores
dictionaries   the columns that get a dictionary there
arrow          Arrow files and streams
dataset        a table as both read it, checked and made a dataset
pandas_index   the index that pandas stores in a file
int96          times stored as INT96 in Parquet
footer         Parquet footers: where row groups end, and INT96 read as bytes
extremes       the least and the largest values of columns
division       pieces of whole row groups
thrift         Thrift's compact protocol, in which Parquet footers are encoded
"""
