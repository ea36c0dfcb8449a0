"""The function of `rrs` as a service of BentoML; runs in BentoML's own environment."""

import bentoml
import pandas as pd


@bentoml.service
class Sum:
    @bentoml.api
    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        frame["sum"] = frame["a"] + frame["b"]
        return frame
