"""Evaluate arithmetic: a column of texts in, each text and its value out.

The service of Studio's article on Python scripts did this with `eval`, which runs whatever a client sends. Here the
text is parsed and only numbers, signs, operators and a few functions are evaluated; anything else is an error in its
row, and no other row's.
"""

import ast
import math
import operator

import pandas as pd

LONGEST = 500  # characters
LARGEST = 10**30  # of a whole number, so that no row takes minutes

OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
FUNCTIONS = {
    "abs": abs,
    "min": min,
    "max": max,
    "round": round,
    **{name: getattr(math, name) for name in ("sqrt", "exp", "log", "log10", "sin", "cos", "tan", "floor", "ceil")},
}
CONSTANTS = {"pi": math.pi, "e": math.e}


def azureml_main(dataframe1=None, dataframe2=None):
    texts = dataframe1["expression"]
    return (pd.DataFrame({"expression": texts, "result": [answer(text) for text in texts]}),)


def answer(text):
    """Return the value of a text, as a text; or what is wrong with it."""
    try:
        if not isinstance(text, str) or len(text) > LONGEST:
            raise ValueError(f"not a text of at most {LONGEST} characters")
        return str(value(ast.parse(text.strip(), mode="eval").body))
    except SyntaxError:
        return "error: not an expression"
    except (ValueError, TypeError, ArithmeticError, RecursionError, MemoryError) as error:
        return f"error: {error or type(error).__name__}"


def value(node):
    """Return the value of a part of an expression."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return checked(node.value)
    if isinstance(node, ast.Name) and node.id in CONSTANTS:
        return CONSTANTS[node.id]
    if isinstance(node, ast.UnaryOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](value(node.operand))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return checked(power(value(node.left), value(node.right)))
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return checked(OPERATORS[type(node.op)](value(node.left), value(node.right)))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        function = FUNCTIONS.get(node.func.id)
        if function is not None:
            return checked(function(*map(value, node.args)))
    raise ValueError(f"only numbers, operators, parentheses, pi, e and {', '.join(sorted(FUNCTIONS))}")


def power(base, exponent):
    """Return a power: of small whole numbers exactly, of others as a float, which overflows in place of growing."""
    if isinstance(base, int) and isinstance(exponent, int) and abs(base) <= 1000 and 0 <= exponent <= 100:
        return base**exponent
    return math.pow(base, exponent)


def checked(number):
    """Refuse a whole number that is too large to go on with."""
    if isinstance(number, int) and abs(number) > LARGEST:
        raise ValueError("a number is too large")
    return number
