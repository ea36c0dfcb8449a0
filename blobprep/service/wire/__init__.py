"""What goes over the wire of a request-response call: JSON both ways, in the shapes of Studio (classic). Pure.

body      the bytes of a request, as whatever clients send them, to JSON
query     the query parameters: version, details, form
request   JSON to tables and parameters
columns   the columns of a table: matched by name with the schema of an input
cells     a cell to a value of its column's type
answer    what the script made, to JSON
"""
