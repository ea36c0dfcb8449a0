"""What a service tells about itself, without a key: for programs and for people.

types     a column as Swagger and OpenAPI have it, and example rows
swagger   `/swagger.json`, in the shape that clients of Studio (classic) look through
openapi   `/openapi.json`: OpenAPI 3.1
samples   programs that call a service, as they stand
pages     the list of services, the help page and the page to try a service
routes    the routes of all of these
"""
