"""The parent's side of a child: start it, confine and limit it, speak with it, end it.

launch              start a child at a level; the source of children that a run is given
session             a session with a child: calls, one after the other
call                what a call is given, how it goes, and what comes of it
announcer           the thread that sends frames to the child
listener            what the child says, and what it has said so far
pump                the thread that reads all of the child's channels
wrapped_session     a session around another one, which decides when a call goes on
session_log         which call's log the child's lines go to
run_log             the log of a run: lines that a terminal and a reader can trust
host                what every host of a child does
process_host        a child in a process of its own, under a guard: levels `process` and `strict`
guard_process       the guard's process, started before anything is known about its child
template            a process that the guards of several children are forked from
templates           the templates of a pool, by the libraries that they import
child_pool          children that are forked, and asked again where the script is the same
pooled_child        a child of a pool: what holds for its whole life, and how long it is kept
script_libraries    the libraries that a script names at its top, for its template to import
admission           how many runs may go on at a time
inline_host         the child's code in this interpreter: level `off`
guard               the process between parent and child that limits it and cleans up
network             the way of a script to the network: broker, relays, rules
isolation           the levels of isolation, and how a child is confined
kernel_support      what this machine offers for confinement, and what is chosen of it
control_group       a control group that bounds a run's memory, processes and CPU time
controllers         where on this machine a run can have such a group
namespaces          a file system and a process namespace for a child, by bubblewrap
users               a user for a child that owns nothing on this machine
readable_paths      the paths that a confined child may read
interpreter_paths   where an interpreter and its libraries are
other_interpreter   another interpreter that scripts run in: where it is, and what it reads
fonts               matplotlib's list of fonts, made once for a machine and lent to each run
"""
