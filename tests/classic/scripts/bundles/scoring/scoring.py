class Scorer(object):
    def __init__(self, weights):
        self.weights = weights

    def score(self, frame):
        total = 0
        for name, weight in sorted(self.weights.items()):
            total = total + frame[name].as_matrix() * weight
        return total
