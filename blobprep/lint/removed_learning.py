"""What scikit-learn no longer has. Pure data."""

from __future__ import annotations

from typing import Final

from blobprep.lint.removals import Removal

__all__ = ["LEARNING", "MOVED_TO_MODEL_SELECTION"]

MOVED_TO_MODEL_SELECTION: Final = frozenset(
    {
        "GridSearchCV",
        "ParameterGrid",
        "ParameterSampler",
        "RandomizedSearchCV",
        "cross_val_predict",
        "cross_val_score",
        "learning_curve",
        "train_test_split",
        "validation_curve",
    }
)
"""Names that only moved to another module; splitters also changed: they now take the data in `split`."""

# fmt: off
# One row per removal, laid out as a table.
LEARNING: Final = (
    Removal("BP401", "sklearn.cross_validation sklearn.grid_search sklearn.learning_curve", "0.20",
            "sklearn.model_selection", "model-selection",
            new="sklearn.model_selection.train_test_split sklearn.model_selection.GridSearchCV"),
    Removal("BP401", "sklearn.cross_validation.KFold sklearn.cross_validation.StratifiedKFold "
            "sklearn.cross_validation.ShuffleSplit sklearn.cross_validation.StratifiedShuffleSplit "
            "sklearn.cross_validation.LeaveOneOut sklearn.cross_validation.LeavePOut", "0.20",
            "KFold(n_splits).split(X, y) of sklearn.model_selection", new="sklearn.model_selection.KFold"),
    Removal("BP401", "sklearn.cross_validation.Bootstrap", "0.20", "sklearn.utils.resample",
            new="sklearn.utils.resample"),
    Removal("BP402", "sklearn.externals.joblib", "0.23", "import joblib", "module:joblib",
            new="joblib.dump joblib.load"),
    Removal("BP402", "sklearn.externals.six", "0.23", "the package six"),
    Removal("BP403", "sklearn.lda.LDA sklearn.lda", "0.20",
            "from sklearn.discriminant_analysis import LinearDiscriminantAnalysis",
            "analysis:LinearDiscriminantAnalysis",
            new="sklearn.discriminant_analysis.LinearDiscriminantAnalysis"),
    Removal("BP403", "sklearn.qda.QDA sklearn.qda", "0.20",
            "from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis",
            "analysis:QuadraticDiscriminantAnalysis",
            new="sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis"),
    Removal("BP404", "sklearn.preprocessing.Imputer sklearn.preprocessing.imputation", "0.22",
            "SimpleImputer of sklearn.impute, with missing_values=np.nan and without axis",
            new="sklearn.impute.SimpleImputer"),
    Removal("BP404", "sklearn.mixture.GMM", "0.20", "sklearn.mixture.GaussianMixture",
            new="sklearn.mixture.GaussianMixture"),
    Removal("BP404", "sklearn.mixture.DPGMM sklearn.mixture.VBGMM", "0.20",
            "sklearn.mixture.BayesianGaussianMixture", new="sklearn.mixture.BayesianGaussianMixture"),
    Removal("BP404", "sklearn.decomposition.RandomizedPCA", "0.20", "PCA(svd_solver='randomized')",
            new="sklearn.decomposition.PCA"),
    Removal("BP404", "sklearn.decomposition.ProbabilisticPCA", "0.18", "PCA", new="sklearn.decomposition.PCA"),
    Removal("BP404", "sklearn.linear_model.RandomizedLasso sklearn.linear_model.RandomizedLogisticRegression", "0.21",
            "sklearn.feature_selection.SelectFromModel", new="sklearn.feature_selection.SelectFromModel"),
    Removal("BP404", "sklearn.covariance.GraphLasso", "0.22", "GraphicalLasso",
            new="sklearn.covariance.GraphicalLasso"),
    Removal("BP404", "sklearn.gaussian_process.GaussianProcess", "0.20", "GaussianProcessRegressor",
            new="sklearn.gaussian_process.GaussianProcessRegressor"),
    Removal("BP404", "sklearn.neighbors.LSHForest", "0.21", "NearestNeighbors",
            new="sklearn.neighbors.NearestNeighbors"),
    Removal("BP405", "sklearn.datasets.fetch_mldata", "0.22", "fetch_openml, which reaches the network",
            new="sklearn.datasets.fetch_openml"),
    Removal("BP405", "sklearn.datasets.load_boston", "1.2", "a dataset of your own, connected to a port"),
    Removal("BP405", "sklearn.datasets.samples_generator", "0.24", "sklearn.datasets", "module:sklearn.datasets",
            new="sklearn.datasets.make_classification"),
    Removal("BP405", "sklearn.metrics.scorer", "0.24", "sklearn.metrics", "module:sklearn.metrics",
            new="sklearn.metrics.make_scorer"),
    Removal("BP405", "sklearn.ensemble.forest sklearn.ensemble.gradient_boosting", "0.24", "sklearn.ensemble",
            "module:sklearn.ensemble", new="sklearn.ensemble.RandomForestClassifier"),
    Removal("BP405", "sklearn.tree.tree", "0.24", "sklearn.tree", "module:sklearn.tree",
            new="sklearn.tree.DecisionTreeClassifier"),
    Removal("BP405", "sklearn.linear_model.logistic sklearn.linear_model.ridge", "0.24", "sklearn.linear_model",
            "module:sklearn.linear_model", new="sklearn.linear_model.LogisticRegression"),
    Removal("BP405", "sklearn.svm.classes", "0.24", "sklearn.svm", "module:sklearn.svm", new="sklearn.svm.SVC"),
    Removal("BP405", "sklearn.metrics.classification sklearn.metrics.ranking", "0.24", "sklearn.metrics",
            "module:sklearn.metrics", new="sklearn.metrics.accuracy_score"),
    Removal("BP405", "sklearn.cluster.k_means_", "0.24", "sklearn.cluster", "module:sklearn.cluster",
            new="sklearn.cluster.KMeans"),
    Removal("BP405", "sklearn.preprocessing.data", "0.24", "sklearn.preprocessing", "module:sklearn.preprocessing",
            new="sklearn.preprocessing.StandardScaler"),
    Removal("BP405", "sklearn.utils.testing sklearn.utils.linear_assignment_ sklearn.utils.safe_indexing", "0.24",
            "numpy.testing, scipy.optimize.linear_sum_assignment", new="scipy.optimize.linear_sum_assignment"),
    Removal("BP405", "sklearn.hmm", "0.17", "the package hmmlearn"),
    Removal("BP405", "sklearn.metrics.jaccard_similarity_score", "0.23", "jaccard_score",
            new="sklearn.metrics.jaccard_score"),
    Removal("BP405", "sklearn.metrics.calinski_harabaz_score", "0.23", "calinski_harabasz_score",
            "name:calinski_harabasz_score", new="sklearn.metrics.calinski_harabasz_score"),
    Removal("BP405", "sklearn.metrics.plot_roc_curve sklearn.metrics.plot_confusion_matrix", "1.2",
            "RocCurveDisplay.from_estimator, ConfusionMatrixDisplay.from_estimator",
            new="sklearn.metrics.RocCurveDisplay sklearn.metrics.ConfusionMatrixDisplay"),
    Removal("BP405", "sklearn.feature_extraction.text.CountVectorizer.get_feature_names "
            "sklearn.feature_extraction.text.TfidfVectorizer.get_feature_names "
            "sklearn.preprocessing.OneHotEncoder.get_feature_names "
            "sklearn.preprocessing.PolynomialFeatures.get_feature_names "
            "sklearn.feature_extraction.DictVectorizer.get_feature_names", "1.2", ".get_feature_names_out()",
            "name:get_feature_names_out", new="sklearn.preprocessing.OneHotEncoder.get_feature_names_out"),
    Removal("BP405", "sklearn.model_selection.GridSearchCV.grid_scores_ sklearn.grid_search.GridSearchCV.grid_scores_ "
            "sklearn.model_selection.RandomizedSearchCV.grid_scores_", "0.20", ".cv_results_"),
    Removal("BP406", "sklearn.preprocessing.OneHotEncoder(categorical_features) "
            "sklearn.preprocessing.OneHotEncoder(n_values)",
            "0.22", "sklearn.compose.ColumnTransformer around the encoder", new="sklearn.compose.ColumnTransformer"),
    Removal("BP406", "sklearn.preprocessing.OneHotEncoder(sparse)", "1.4", "sparse_output", "keyword:sparse_output"),
    Removal("BP406", "sklearn.linear_model.*(normalize)", "1.2", "make_pipeline(StandardScaler(), …)",
            new="sklearn.pipeline.make_pipeline"),
    Removal("BP406", "sklearn.linear_model.LogisticRegression(multi_class)", "1.8",
            "nothing for 'multinomial' and 'auto', OneVsRestClassifier for 'ovr'",
            new="sklearn.multiclass.OneVsRestClassifier"),
    Removal("BP406", "sklearn.linear_model.SGDClassifier(n_iter) sklearn.linear_model.SGDRegressor(n_iter) "
            "sklearn.linear_model.Perceptron(n_iter)", "0.21", "max_iter", "keyword:max_iter"),
    Removal("BP406", "sklearn.manifold.TSNE(n_iter)", "1.7", "max_iter", "keyword:max_iter"),
    Removal("BP406", "sklearn.ensemble.*(min_impurity_split) sklearn.tree.*(min_impurity_split)", "1.0",
            "min_impurity_decrease"),
    Removal("BP406", "sklearn.tree.*(presort) sklearn.ensemble.*(presort) sklearn.ensemble.*(compute_importances)",
            "0.24",
            "nothing", "drop"),
    Removal("BP406", "sklearn.ensemble.AdaBoostClassifier(base_estimator) "
            "sklearn.ensemble.AdaBoostRegressor(base_estimator) "
            "sklearn.ensemble.BaggingClassifier(base_estimator) sklearn.ensemble.BaggingRegressor(base_estimator)",
            "1.4",
            "estimator", "keyword:estimator"),
    Removal("BP406", "sklearn.ensemble.AdaBoostClassifier(algorithm)", "1.8", "nothing", "drop"),
    Removal("BP406", "sklearn.cluster.KMeans(n_jobs) sklearn.cluster.KMeans(precompute_distances)", "1.0", "nothing",
            "drop"),
    Removal("BP406", "sklearn.cluster.KMeans(k)", "0.13", "n_clusters", "keyword:n_clusters"),
    Removal("BP406", "sklearn.cluster.AgglomerativeClustering(affinity)", "1.4", "metric", "keyword:metric"),
    Removal("BP406", "sklearn.model_selection.GridSearchCV(iid) sklearn.model_selection.RandomizedSearchCV(iid)",
            "0.24",
            "nothing", "drop"),
    Removal("BP406", "sklearn.grid_search.GridSearchCV(iid) sklearn.grid_search.RandomizedSearchCV(iid)", "0.24",
            "nothing", "drop"),
    Removal("BP406", "sklearn.model_selection.GridSearchCV(fit_params)", "0.21", "arguments of fit"),
    Removal("BP406", "sklearn.model_selection.KFold(n_folds) sklearn.model_selection.StratifiedKFold(n_folds)", "0.20",
            "n_splits", "keyword:n_splits"),
    Removal("BP406", "sklearn.metrics.mean_squared_error(squared)", "1.6", "root_mean_squared_error",
            new="sklearn.metrics.root_mean_squared_error"),
    Removal("BP406", "sklearn.decomposition.NMF(alpha)", "1.2", "alpha_W and alpha_H"),
    Removal("BP406", "sklearn.feature_extraction.text.*(charset)", "0.16", "encoding", "keyword:encoding"),
    Removal("BP407", "sklearn.ensemble.RandomForestClassifier(max_features='auto') "
            "sklearn.ensemble.ExtraTreesClassifier(max_features='auto')", "1.3", "max_features='sqrt'", "value:sqrt"),
    Removal("BP407", "sklearn.ensemble.RandomForestRegressor(max_features='auto') "
            "sklearn.ensemble.ExtraTreesRegressor(max_features='auto')", "1.3", "max_features=1.0", "drop"),
    Removal("BP407", "sklearn.ensemble.GradientBoostingClassifier(loss='deviance') "
            "sklearn.linear_model.SGDClassifier(loss='log')", "1.3", "loss='log_loss'", "value:log_loss"),
    Removal("BP407", "sklearn.ensemble.GradientBoostingRegressor(loss='ls')", "1.2", "loss='squared_error'",
            "value:squared_error"),
    Removal("BP407", "sklearn.*.cross_val_score(scoring='mean_squared_error') "
            "sklearn.*.GridSearchCV(scoring='mean_squared_error')",
            "0.20", "scoring='neg_mean_squared_error'", "value:neg_mean_squared_error"),
    Removal("BP407", "sklearn.*.cross_val_score(scoring='log_loss')", "0.20", "scoring='neg_log_loss'",
            "value:neg_log_loss"),
)
