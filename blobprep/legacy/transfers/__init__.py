"""Move blobs in pieces: read, send, fetch and write them, in order and in several threads.

    threads       one piece after another or several at once, and the progress
    chunks        a stream in pieces, encrypted on the way where it must be
    windows       a part of a seekable stream, as a stream of its own
    uploading     a stream's pieces, sent by the caller's function
    downloading   a blob's ranges, got by the caller's function

Nothing here knows the service: the caller's functions send and get the pieces.
"""
