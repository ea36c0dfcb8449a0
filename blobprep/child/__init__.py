"""The child process: it decodes the inputs, runs the script and encodes the results.

Nothing here holds a credential or talks to storage.

main                the child process from its start to its end
channel             the child's end of the control socket
operations          what a child can be asked to do
profile             what is known of a table, computed for a page
comparison          two tables, compared
kept_script         the script that a child keeps loaded from one request to the next
process_state       what a script may set for its whole process, taken down and put back
process_hooks       what it may leave there that is not put back
log_settings        what it may set in `logging`, likewise
script              the user's script: load, call, record, explain failures
interpreter         another interpreter that runs the script
confined            replacements and hints for a confined script
windows             Windows paths in scripts
bundle              the script bundle, checked and unpacked
classic_sdk         the names of the old storage SDK, and the emulator
working_directory   the working directory of a script
facts_builder       facts of a run, gathered while it proceeds
sixels              an image as characters that a terminal draws
artifacts           cells of the results that are written as artifacts
"""
