"""Rows: names that scikit-learn no longer has. Pure data."""

from __future__ import annotations

from typing import Final

from blobprep.classic.runtime.rows import Module, Name

__all__ = ["LEARNING_MODULES", "LEARNING_NAMES"]

# fmt: off
# One row per name, laid out as a table.
LEARNING_NAMES: Final = (
    Name("sklearn.preprocessing.Imputer", "0.22", ".estimators.Imputer", "missing values filled, along an axis"),
    Name("sklearn.mixture.GMM", "0.20", ".estimators.GMM", "GaussianMixture with the names of then"),
    Name("sklearn.decomposition.RandomizedPCA", "0.20", ".estimators.RandomizedPCA", "PCA(svd_solver='randomized')"),
    Name("sklearn.decomposition.ProbabilisticPCA", "0.18", "sklearn.decomposition.PCA", "PCA"),
    Name("sklearn.covariance.GraphLasso", "0.22", "sklearn.covariance.GraphicalLasso", "GraphicalLasso"),
    Name("sklearn.covariance.GraphLassoCV", "0.22", "sklearn.covariance.GraphicalLassoCV", "GraphicalLassoCV"),
    Name("sklearn.metrics.jaccard_similarity_score", "0.23", ".estimators.jaccard_similarity_score",
         "the mean likeness of samples"),
    Name("sklearn.metrics.calinski_harabaz_score", "0.23", "sklearn.metrics.calinski_harabasz_score",
         "calinski_harabasz_score"),
    Name("sklearn.utils.safe_indexing", "0.24", ".random_splits.safe_indexing", "rows by position"),
    Name("sklearn.datasets.fetch_mldata", "0.22", ".estimators",
         "an error: its data is gone"),
    *(Name(f"{owner}.get_feature_names", "1.2", ".estimators.feature_names", "get_feature_names_out() as a list",
           "method")
      for owner in ("sklearn.feature_extraction.text.CountVectorizer",
         "sklearn.feature_extraction.text.TfidfVectorizer",
                    "sklearn.feature_extraction.DictVectorizer", "sklearn.preprocessing.PolynomialFeatures")),
    Name("sklearn.preprocessing.StandardScaler.std_", "0.19", "scale_", "scale_", "own"),
    Name("sklearn.naive_bayes.GaussianNB.sigma_", "1.2", "var_", "var_", "own"),
    Name("sklearn.feature_selection.RFECV.grid_scores_", "1.2", ".searches.elimination_scores",
         "the mean score of each number of features", "property"),
    Name("sklearn.metrics.SCORERS", "1.3", ".searches.scorers", "the scorers by name"),
    Name("sklearn.linear_model.LinearRegression.residues_", "0.19", ".estimators.residues",
         "the sum of squared residues",
         "property"),
    Name("sklearn.model_selection.GridSearchCV.grid_scores_ sklearn.model_selection.RandomizedSearchCV.grid_scores_",
         "0.20", ".searches.grid_scores", "the scores of each candidate", "property"),
)
"""Names, by module and class."""

LEARNING_MODULES: Final = (
    Module("sklearn.cross_validation", "0.20", ".cross_validation", "folds of indices, made by length or by labels"),
    Module("sklearn.grid_search", "0.20", ".searches", "searches with the mean weighted by the size of folds"),
    Module("sklearn.learning_curve", "0.20", ".curves", "curves over three folds"),
    Module("sklearn.externals.joblib", "0.23", "joblib", "the package joblib"),
    Module("sklearn.externals.six", "0.23", "six .six_names", "the package six"),
    Module("sklearn.lda", "0.20", ".discriminants", "sklearn.discriminant_analysis"),
    Module("sklearn.qda", "0.20", ".discriminants", "sklearn.discriminant_analysis"),
    Module("sklearn.preprocessing.imputation", "0.22", ".estimators", "Imputer"),
    Module("sklearn.preprocessing.data", "0.24", "sklearn.preprocessing", "sklearn.preprocessing"),
    Module("sklearn.preprocessing.label", "0.24", "sklearn.preprocessing", "sklearn.preprocessing"),
    Module("sklearn.datasets.samples_generator", "0.24", "sklearn.datasets", "sklearn.datasets"),
    Module("sklearn.datasets.base", "0.24", "sklearn.datasets sklearn.utils", "sklearn.datasets"),
    Module("sklearn.metrics.scorer", "0.24", "sklearn.metrics", "sklearn.metrics"),
    Module("sklearn.metrics.classification", "0.24", "sklearn.metrics", "sklearn.metrics"),
    Module("sklearn.metrics.regression", "0.24", "sklearn.metrics", "sklearn.metrics"),
    Module("sklearn.metrics.ranking", "0.24", "sklearn.metrics", "sklearn.metrics"),
    Module("sklearn.metrics.metrics", "0.18", "sklearn.metrics", "sklearn.metrics"),
    Module("sklearn.ensemble.forest", "0.24", "sklearn.ensemble", "sklearn.ensemble"),
    Module("sklearn.ensemble.gradient_boosting", "0.24", "sklearn.ensemble", "sklearn.ensemble"),
    Module("sklearn.ensemble.weight_boosting", "0.24", "sklearn.ensemble", "sklearn.ensemble"),
    Module("sklearn.ensemble.bagging", "0.24", "sklearn.ensemble", "sklearn.ensemble"),
    Module("sklearn.tree.tree", "0.24", "sklearn.tree", "sklearn.tree"),
    Module("sklearn.linear_model.base", "0.24", "sklearn.linear_model", "sklearn.linear_model"),
    Module("sklearn.linear_model.logistic", "0.24", "sklearn.linear_model", "sklearn.linear_model"),
    Module("sklearn.linear_model.ridge", "0.24", "sklearn.linear_model", "sklearn.linear_model"),
    Module("sklearn.linear_model.coordinate_descent", "0.24", "sklearn.linear_model", "sklearn.linear_model"),
    Module("sklearn.linear_model.stochastic_gradient", "0.24", "sklearn.linear_model", "sklearn.linear_model"),
    Module("sklearn.cluster.bicluster", "0.24", "sklearn.cluster", "sklearn.cluster"),
    Module("sklearn.ensemble.partial_dependence", "0.24", "sklearn.inspection", "sklearn.inspection"),
    Module("sklearn.feature_extraction.stop_words", "0.24", "sklearn.feature_extraction.text",
         "sklearn.feature_extraction.text"),
    Module("sklearn.manifold.t_sne", "0.24", "sklearn.manifold", "sklearn.manifold"),
    Module("sklearn.metrics.cluster.unsupervised", "0.24", "sklearn.metrics", "sklearn.metrics"),
    Module("sklearn.metrics.pairwise_", "0.24", "sklearn.metrics", "sklearn.metrics"),
    Module("sklearn.neighbors.kde", "0.24", "sklearn.neighbors", "sklearn.neighbors"),
    Module("sklearn.semi_supervised.label_propagation", "0.24", "sklearn.semi_supervised", "sklearn.semi_supervised"),
    Module("sklearn.decomposition.truncated_svd", "0.24", "sklearn.decomposition", "sklearn.decomposition"),
    Module("sklearn.covariance.empirical_covariance_", "0.24", "sklearn.covariance", "sklearn.covariance"),
    Module("sklearn.gaussian_process.gaussian_process", "0.24", "sklearn.gaussian_process", "sklearn.gaussian_process"),
    Module("sklearn.feature_selection.from_model", "0.24", "sklearn.feature_selection", "sklearn.feature_selection"),
    Module("sklearn.ensemble.voting_classifier", "0.24", "sklearn.ensemble", "sklearn.ensemble"),
    Module("sklearn.cluster.hierarchical", "0.24", "sklearn.cluster", "sklearn.cluster"),
    Module("sklearn.cluster.dbscan_", "0.24", "sklearn.cluster", "sklearn.cluster"),
    Module("sklearn.neighbors.unsupervised", "0.24", "sklearn.neighbors", "sklearn.neighbors"),
    Module("sklearn.utils.linear_assignment_", "0.23", ".estimators", "scipy.optimize.linear_sum_assignment"),
    Module("sklearn.svm.classes", "0.24", "sklearn.svm", "sklearn.svm"),
    Module("sklearn.cluster.k_means_", "0.24", "sklearn.cluster", "sklearn.cluster"),
    Module("sklearn.decomposition.pca", "0.24", "sklearn.decomposition", "sklearn.decomposition"),
    Module("sklearn.neighbors.classification", "0.24", "sklearn.neighbors", "sklearn.neighbors"),
    Module("sklearn.neighbors.regression", "0.24", "sklearn.neighbors", "sklearn.neighbors"),
    Module("sklearn.neural_network.multilayer_perceptron", "0.24", "sklearn.neural_network", "sklearn.neural_network"),
    Module("sklearn.feature_selection.univariate_selection", "0.24", "sklearn.feature_selection",
           "sklearn.feature_selection"),
)
"""Modules."""
