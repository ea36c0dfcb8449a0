# -*- coding: utf-8 -*-
"""Call services with PyPI's `azureml` 0.2.7, as its documentation says; runs in Python 2.7."""

from __future__ import print_function, unicode_literals

import json
import sys

from azureml import services

text = type("")
URLS, KEYS = json.loads(sys.argv[1]), json.loads(sys.argv[2])


def url(name):
    return URLS[name] + "/execute?api-version=2.0"


@services.service(url("typed"), KEYS["typed"])
@services.types(a=float, b=int, flag=bool, name=text)
@services.returns(float)
def typed(a, b, flag, name):
    pass


@services.service(url("expressions"), KEYS["expressions"])
@services.types(expression=text)
@services.returns((text, text))
def evaluate(expression):
    pass


@services.service(url("typed"), KEYS["typed"])
@services.types(a=float, b=int, flag=bool, name=text)
@services.returns(float)
def wrong(a, b, flag, name):
    pass


@services.service(url("failing"), KEYS["failing"])
@services.types(number=int)
@services.returns(int)
def failing(number):
    pass


@services.service(url("typed"), "no key")
@services.types(a=float, b=int, flag=bool, name=text)
@services.returns(float)
def refused(a, b, flag, name):
    pass


def failure_of(function, *arguments):
    try:
        function(*arguments)
    except Exception as error:
        return [type(error).__name__, str(error)]


print(
    json.dumps(
        {
            "one": typed(1.5, 2, True, "Zoë"),
            "several": typed.map([0.1, 2], [1, 2], [True, False], ["a", "b"]),
            "text": evaluate("2 * (3 + 4)"),
            "failing": failure_of(failing, 1),
            "refused": failure_of(refused, 1.5, 2, True, "x"),
            "mismatch": failure_of(services.service(url("typed"), KEYS["typed"])(evaluate.func), "1"),
        }
    )
)
