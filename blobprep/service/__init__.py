"""A script as a web service that clients of Studio (classic) call unchanged: request-response and batch execution.

definitions       what a service is, and what goes in and out of one request
failures          what a client is told when a request fails: the classic classes, codes and statuses
registry          the services of one server, found by the addresses that clients have
jobs              batch execution
wire              JSON both ways, in the shapes of Studio (classic)
scoring           runs a service's script on the tables of a request, in a pool of warm, isolated children
standing_scripts  the scripts of services that stand ready, renewed when they change
access            who may call a service
keys              its primary and secondary key, stored as hashes
tokens            tokens of Microsoft Entra
"""
