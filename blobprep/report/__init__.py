"""Pages and texts about runs and tables, made from profiles, manifests and figures. Pure.

views   what a page or text is made from
text    texts for a terminal or a pipe
"""
