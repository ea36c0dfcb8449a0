"""Another interpreter that runs the script, as the child sees it; its own part is `blobprep.bridge`.

process       start it, confined before it is executed, and learn how it ended
conversation  hand it the frames and the script, and take what comes back
outcome       what it returned or how it failed, as if the script had run here
"""
