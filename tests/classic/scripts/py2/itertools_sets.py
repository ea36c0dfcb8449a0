from itertools import izip, imap, ifilter
import operator
import pandas as pd

class Counter:
    def __init__(self):
        self.seen = {}

    def add(self, key):
        self.seen[key] = self.seen.setdefault(key, 0) + 1

    def next(self):
        return len(self.seen)

def azureml_main(df=None):
    counter = Counter()
    pairs = []
    for product, city in izip(df['product'], df['city']):
        counter.add((product, city))
        pairs.append(product + '/' + city)
    df['pair'] = pairs
    print counter.next(), "pairs"
    best = max(counter.seen.iteritems(), key=operator.itemgetter(1))
    print best[1]
    df['cheap'] = list(imap(lambda p: p < 100, df['price']))
    print sum(1 for _ in ifilter(None, df['cheap']))
    return df
