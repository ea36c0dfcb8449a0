# -*- coding: utf-8 -*-
import sys, itertools, string, StringIO, cPickle as pickle
class E(Exception): pass
def f(x):
    print "x is", x,
    print "and"
    print >>sys.stdout, "a" "b", x
    print ("%d-%d") % (x, x + 1)
    print -x
    print [x, x]
    if x <> 3: print `x`
    try:
        raise E, "why %d" % x
    except (E, ValueError), error:
        print error.args
    try:
        raise E, (1, 2)
    except E, error:
        print error.args
    exec "y = 3" in d
    print d["y"], 010, 10L, 0xFFL
    for k, v in sorted(d2.iteritems()): print k, v
    print d2.has_key("a"), not d2.has_key("q"), 7 / 2, len("abc") / 2
    print sorted(d2.keys())[0], zip([1], [2])[0], map(abs, [-1])[0]
    it = iter([5]); print it.next()
    print list(itertools.izip([1], [2])), string.letters[:3].lower()
    s = StringIO.StringIO(); s.write("t"); print s.getvalue()
    for i in xrange(2): print i,
    print isinstance(u"x", basestring), pickle.loads(pickle.dumps([1]))
d = {}
d2 = {"a": 1, "b": 2}
f(4)
