"""Move blobs in pieces: what is read, sent, fetched and written, in which order and by how many threads.

    threads       one piece after another or several at once, and the progress
    chunks        a stream in pieces, encrypted on the way where it must be
    windows       a part of a seekable stream, as a stream of its own
    uploading     a stream's pieces, to whatever sends one
    downloading   a blob's ranges, from whatever gets one

Nothing here knows the service: a piece is sent or got by a function that the caller gives.
"""
