"""A script as a web service that clients of Studio (classic) call unchanged: request-response and batch execution.

definitions       what a service is, and what goes in and out of one request
failures          what a client is told when a request fails: the classic classes, codes and statuses
registry          the services of one server, found by the addresses that clients have
configuration     the settings of a service to its definition
schema            types of Arrow as classic names, and columns that a sample or a request tells
learned           what was learned of services, on disk
documents         swagger.json, OpenAPI, and the pages of a service
wire              JSON both ways, in the shapes of Studio (classic)
startup           from settings and options to a server that answers
assembly          all that a server works with, put together
app               all routes of a server, and what a client is told that none of them answers
request_body      the body of a request, taken within limits of size and time
rrs               the routes of request-response calls
jobs              batch execution
scoring           runs a service's script on the tables of a request, in a pool of warm, isolated children
places            who may be worked on now, and who waits
standing_scripts  the scripts of services that stand ready, renewed when they change
access            who may call a service: keys and tokens
unread            what becomes of a body that was not read to its end
monitoring        what those who run a server can see of it
server            uvicorn, with bounds on what a connection may hold up
"""
