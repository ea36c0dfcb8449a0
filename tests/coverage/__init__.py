"""Coverage of lines and branches, children and guards included: `make coverage`.

An environment of its own, `.venv/coverage`, has `measurement` among its packages and starts it in every interpreter.
Nothing of that is in the product.
"""
