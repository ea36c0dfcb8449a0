"""The confinement that a child puts itself under at level `strict`. It uses the standard library only.

confine     confine this process and check that it is confined
plan        what a child confines itself to
policy      which system calls a confined child may make
bpf         decisions about system calls as a filter program
landlock    rules for Landlock, the kernel's sandbox for files
kernel      kernel calls that Python has no function for
syscalls    numbers of the system calls
self_test   attempts at what a confined child must not be able to do
"""
