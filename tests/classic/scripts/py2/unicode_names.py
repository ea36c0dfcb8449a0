# -*- coding: utf-8 -*-
import pandas as pd

def azureml_main(dataframe1=None, dataframe2=None):
    names = {u'Oslo': u'Osló', u'Tromso': u'Tromsø'}
    out = []
    for city in dataframe1['city']:
        if isinstance(city, str):
            city = unicode(city, 'utf-8')
        out.append(names.get(city, city))
    dataframe1['name'] = out
    dataframe1['length'] = [len(n) for n in out]
    dataframe1['bytes'] = [len(n.encode('utf-8')) for n in out]
    print "unicode:", isinstance(out[0], unicode), len(set(out))
    return dataframe1
