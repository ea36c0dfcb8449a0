"""Look at and move blobs and local files: `ls`, `cp`, `cat`, `head`."""
