"""Who may call a service.

authentication   the check of each request
keys             the keys of services, stored as hashes
tokens           tokens of Microsoft Entra, checked against the keys of their issuer
"""
