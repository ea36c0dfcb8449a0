# The module in the Script Bundle.
import string

LETTERS = string.maketrans("aeiou", "AEIOU")


def label(store, best):
    return "%s (best day: %s)" % (store.translate(LETTERS), best)


def per_hundred(sold, visitors):
    return 100 * sold / visitors
