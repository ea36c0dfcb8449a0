"""What those who run a server can see of it, without data or secrets.

observation   an id, a line in the access log, counts and a span for each request
metrics       what a server counts, for Prometheus
tracing       spans of OpenTelemetry, where that is installed
health        `/healthz`, `/readyz` and `/metrics`
"""
