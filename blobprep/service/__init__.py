"""A script as a web service that clients of Studio (classic) call unchanged: request-response and batch execution.

definitions   what a service is, and what goes in and out of one request
failures      what a client is told when a request fails: the classic classes, codes and statuses
jobs          batch execution
registry      the services of one server, found by the addresses that clients have
"""
