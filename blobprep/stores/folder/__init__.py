"""A folder in place of an account.

store         the store
upload        a blob of any size on its way into the folder
names         the name of a blob as a path, and back
disk_names    which names files on this disk can have
paths         where the blobs of a container are
walk          the blobs and folders in a folder, by name
temp_files    unpublished files, and the lock of a folder
sidecars      content types and metadata
disk_errors   the operating system's errors turned into ours
"""
