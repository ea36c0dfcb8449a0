"""Save the function of `rrs` as a model of MLflow; runs in MLflow's own environment."""

import sys

import mlflow.pyfunc


class Sum(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        model_input["sum"] = model_input["a"] + model_input["b"]
        return model_input


if __name__ == "__main__":
    mlflow.pyfunc.save_model(sys.argv[1], python_model=Sum(), pip_requirements=[])
