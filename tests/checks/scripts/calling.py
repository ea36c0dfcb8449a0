import urllib2
import json
import sys
reload(sys)
sys.setdefaultencoding('utf-8')

URL = 'https://api.contoso.example/text/analytics'


def score(text):
    request = urllib2.Request(URL, json.dumps({'text': text}), {'Content-Type': 'application/json'})
    try:
        return json.loads(urllib2.urlopen(request).read())['score']
    except urllib2.HTTPError, error:
        raise RuntimeError, 'the service said %d' % error.code


def azureml_main(dataframe1):
    dataframe1['score'] = map(score, dataframe1['text'])
    first = map(score, dataframe1['text'])[0]
    seen = {}
    for i in xrange(len(dataframe1)):
        key = unicode(dataframe1.get_value(i, 'text'))
        if not seen.has_key(key):
            seen[key] = 0777
    return [dataframe1]
