"""The commands, one module for each: its arguments and options, one library call, and what is printed.

run        run a script on datasets
batch      run a script over many blobs
watch      keep a batch up to date with what arrives
show       show a dataset, a run or a batch, in a browser or as text
serve      answer for a script as a web service
ls         list blobs, containers and local files
cat        write a blob or a file to stdout
head       show the first rows of a dataset
cp         copy blobs and local files
check      find what will break in a script or bundle, and fix it
doctor     find out why a reference cannot be reached
settings   show every setting and its source
jobs       list the jobs of web services, or cancel some
demo       run the main job on embedded storage
"""
