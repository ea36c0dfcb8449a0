"""List, read and copy blobs and local files.

listing       `ls`
cat           `cat`
selection     what is copied: a blob, a prefix, a pattern
copy_plan     what a copy will do, checked before the first byte
targets       what is at the targets already
equality      whether a target equals its source
pairs         a source and its target
copy          copies planned and carried out
job           a plan carried out, each copy accounted for
copies        what became of each copy
mover         many copies on their way
move          one copy on its way
streamed      a copy whose bytes pass this machine
server_route  copies that the service makes by itself
spool         rows in a temporary file
ranges        a blob read in ranges, several at a time
"""
