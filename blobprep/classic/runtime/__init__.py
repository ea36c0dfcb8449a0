"""The registry of what is restored, what its rows stand for, and how they are put to work.

The registry
rows               what a row says
registry           every row: names, modules, forms of calls
names_pandas       rows: names of pandas
names_science      rows: names of numpy and scipy
names_learning     rows: names of scikit-learn
names_drawing      rows: names of matplotlib
calls_pandas       rows: forms of calls of pandas
calls_others       rows: forms of calls of the others

Put to work
install            the registry on the libraries of this process, and taken back
attributes         names that classes and modules do not have
imports            modules that are missing, and modules that are patched once they are imported
calls              calls that a function refuses, read again
special            what changed without an error where it is written
writable           arrays of values that may be written
columns_written    assignments to a column that set the frame
texts_as_objects   columns of texts are objects
silent_defaults    results that changed without an error
defaults_of_then   defaults that changed without an error
cleared_axes       axes that are cleared before each plot
screens            backends that need a screen
targets            objects by their full names
callers            which frame is the script's, and whether it is prepared for a missing name
usage              what was used
modules            modules that are gone, as attributes

What rows stand for: pandas
label_or_position  `.ix`
key_positions      the positions that a key of `.ix` means
index_kinds        what an index holds
upcasting          assignments whose value the column's type does not hold
rows_appended      `append`, `concat`
ordering           `sort`, `order`
arrays             values as arrays
cells              single cells, rows and columns
conversions        types and axes
statistics         statistics and small functions
reductions         reductions of frames that have text columns
filling            missing values filled, values replaced
groups             groups of rows and of time
windows            `rolling_mean` and similar functions
window_methods     `rolling`, `expanding` and `ewm`
dates              dates and frequencies
frequencies        frequencies by their names of then
indexes            kinds of indexes
files              `read_csv`, `from_csv`
texts              methods of texts
axes               axes by number or name

What rows stand for: the others
numbers            functions of numpy and scipy
finance            numpy's financial functions
folds              folds of `sklearn.cross_validation`
random_splits      splits by chance of that module
cross_validation   that module
scorers            scores by their names of then
searches           `sklearn.grid_search`
curves             `sklearn.learning_curve`
discriminants      `sklearn.lda`, `sklearn.qda`
estimators         estimators with the arguments of then
six_names          the package six, where it is not installed
drawing            functions that draw
drawing_numbers    functions over numbers that matplotlib had
"""
