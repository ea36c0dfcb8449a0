"""The guard of a run: a small process that limits the child, ends it, and cleans up even if the parent is killed.

main           take orders, wait for the child's end, kill every process, remove the run's folder
child_start    the fork that becomes the child: its session, limits, descriptors, user
template       a process that forks guards, with the libraries of a run imported
lookout        the thread that checks the limits, so that the main thread always hears the parent
monitor        one check of what a run uses, against its limits
process_usage  what processes use, read from `/proc`
disk_usage     how many files and bytes the run's folder holds
deleted_files  what processes still hold of files that were deleted there
remove_tree    removal of the folder, whatever a script left in it
"""
