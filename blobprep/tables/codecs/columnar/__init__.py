"""Parquet and Arrow: formats that store columns with their types.

parquet        Parquet files
arrow          Arrow files and streams
dataset        a table as both read it, checked and made a dataset
pandas_index   the index that pandas stores in a file
int96          times stored as INT96 in Parquet
footer         Parquet footers, edited so that INT96 is read as bytes
"""
