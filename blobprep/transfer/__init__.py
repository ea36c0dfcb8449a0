"""List, read and copy blobs and local files.

listing     `ls`
cat         `cat`
copy        `cp`
copy_plan   what a copy will do, checked before the first byte
ranges      a blob read in ranges, several at a time
"""
