def azureml_main(frame):
    half = len(frame) / 2
    print 'rows:', len(frame), 'half:', half
    print "first half ends at", half, "ratio", 7 / 2, -7 / 2, 7.0 / 2
    first = frame[:half]
    second = frame[half:]
    frame['half'] = [i / half for i in range(len(frame))]
    frame['bucket'] = [int(v) / 500 for v in frame['sqft']]
    frame['percent'] = [100 * r / 5 for r in frame['rooms']]
    step = 10
    step /= 4
    frame['step'] = step
    print first['price'].max() > second['price'].max()
    return frame
