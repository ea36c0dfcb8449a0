"""Replacements and hints for a script that runs confined.

socket_shim       Python's sockets, connected through the parent's broker
joblib_threads    threads where joblib would start processes
anonymous_maps    private memory maps where shared ones are refused
denial_hints      explanations of what the kernel refused
resource_errors   which limit an exception comes from
"""
