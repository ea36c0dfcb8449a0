import pandas as pd

def parse(value):
    try:
        return int(value)
    except ValueError, e:
        print "not a number:", e
        return -1

def azureml_main(frame1, frame2=None):
    codes = []
    for cabin in frame1['Cabin'].fillna('none'):
        codes.append(parse(cabin[1:] if cabin != 'none' else cabin))
    frame1['code'] = codes
    try:
        raise KeyError, 'deck'
    except KeyError, err:
        print 'caught', err
    frame1['known'] = frame1['code'] <> -1
    return frame1[['PassengerId', 'code', 'known']]
