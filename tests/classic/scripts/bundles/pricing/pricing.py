TAX = 25

def gross(units, price):
    return round(units * price * (100 + TAX) / 100, 2)

def describe(values):
    return "gross from %.2f to %.2f" % (min(values), max(values))
