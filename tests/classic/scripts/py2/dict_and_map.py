import pandas as pd

def azureml_main(dataframe1=None):
    counts = {}
    for plan in dataframe1['plan']:
        if counts.has_key(plan):
            counts[plan] += 1
        else:
            counts[plan] = 1
    keys = counts.keys()
    keys.sort()
    values = map(lambda k: counts[k], keys)
    shares = [round(float(v) / sum(values), 3) for v in values]
    pairs = zip(keys, values)
    print pairs[0], len(pairs)
    big = filter(lambda p: p[1] > 8, pairs)
    print "big plans:", len(big)
    for k, v in sorted(counts.iteritems()):
        print '%s\t%d' % (k, v)
    return pd.DataFrame({'plan': keys, 'customers': values, 'share': shares}, columns=['plan', 'customers', 'share'])
