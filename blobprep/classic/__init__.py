"""What a classic script was written for, and today's libraries no longer have.

python2   Python 2: source that is translated as it is loaded
"""
