"""Rows: forms of calls that numpy, scipy, scikit-learn and matplotlib no longer take. Pure data."""

from __future__ import annotations

from typing import Final

from blobprep.classic.runtime.rows import Call

__all__ = ["OTHER_CALLS"]


def _of(module: str, names: str) -> str:
    return " ".join(f"{module}.{name}" for name in names.split())


def _drawn(names: str) -> str:
    return " ".join(f"matplotlib.pyplot.{name} matplotlib.axes.Axes.{name}" for name in names.split())


_LINEAR: Final = _of("sklearn.linear_model", "LinearRegression Ridge RidgeCV Lasso LassoCV ElasticNet ElasticNetCV "
                     "Lars LassoLars BayesianRidge ARDRegression OrthogonalMatchingPursuit")  # fmt: skip
_TREES: Final = _of("sklearn.ensemble", "RandomForestClassifier RandomForestRegressor ExtraTreesClassifier "
                    "ExtraTreesRegressor RandomTreesEmbedding GradientBoostingClassifier GradientBoostingRegressor") + (
    " " + _of("sklearn.tree", "DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier "
                              "ExtraTreeRegressor"))  # fmt: skip
_BOOSTED: Final = _of("sklearn.ensemble", "AdaBoostClassifier AdaBoostRegressor BaggingClassifier BaggingRegressor")
_HOLD: Final = ("plot scatter bar barh hist hist2d boxplot pie fill_between fill_betweenx errorbar axhline axvline "
                "axhspan axvspan step loglog semilogx semilogy contour contourf imshow hexbin stem vlines hlines fill "
                "pcolor pcolormesh quiver arrow psd")  # fmt: skip

# fmt: off
# One row per form, laid out as a table.
OTHER_CALLS: Final = (
    Call("numpy.histogram numpy.histogram2d numpy.histogramdd", "1.24", "normed is density", renamed="normed=density"),
    Call("numpy.percentile numpy.nanpercentile numpy.quantile", "2.4", "interpolation is method",
         renamed="interpolation=method"),
    Call("numpy.linspace numpy.logspace numpy.zeros numpy.ones numpy.empty numpy.repeat numpy.tile numpy.array_split "
         "numpy.split numpy.eye numpy.full numpy.random.rand numpy.random.randn numpy.random.permutation", "1.12",
         "a float that counts is cut to an integer", reading=".numbers.whole_counts"),
    Call("numpy.hstack numpy.vstack numpy.column_stack numpy.dstack", "1.16", "what is iterated is made a list",
         reading=".numbers.listed"),
    Call("numpy.array", "1.24", "rows of several lengths are objects", raises="ValueError", reading=".numbers.ragged"),
    Call("numpy.genfromtxt numpy.loadtxt", "1.10", "arguments have their present names",
         renamed="skiprows=skip_header missing=missing_values"),
    Call("numpy.unique numpy.sort numpy.argsort", "1.14", "arguments are given by name"),
    Call("scipy.stats.mode", "1.11", "text is counted too", reading=".numbers.mode"),
    Call("sklearn.linear_model.LinearRegression", "1.2", "normalize is left out: it changes nothing here",
         dropped="normalize"),
    Call(_LINEAR, "1.2", "normalize=False is left out; n_iter is max_iter", renamed="n_iter=max_iter",
         reading=".estimators.linear"),
    Call(_TREES, "1.3", "values have their present names; what no longer exists is left out",
         dropped="min_impurity_split presort", before="max_features loss criterion", reading=".estimators.trees"),
    Call(_TREES, "1.0", "what no longer exists is left out", dropped="min_impurity_split presort"),
    Call("sklearn.svm.LinearSVC sklearn.svm.LinearSVR", "1.0", "losses have their present names", before="loss",
         reading=".estimators.support_vectors"),
    Call("sklearn.metrics.auc", "0.22", "reorder is left out", dropped="reorder"),
    Call(_of("sklearn.preprocessing", "StandardScaler.fit StandardScaler.transform StandardScaler.fit_transform "
             "MinMaxScaler.fit MinMaxScaler.transform MinMaxScaler.fit_transform"), "0.19",
         "an array of one dimension is a column", raises="ValueError", reading=".estimators.one_column"),
    Call("sklearn.utils.validation.check_array sklearn.utils.validation.validate_data", "0.19",
         "an array of one dimension is one sample", raises="ValueError",
         reading=".estimators.one_sample", through_libraries=True),
    Call("matplotlib.use", "3.3", "warn is left out", dropped="warn"),
    Call("matplotlib.pyplot.annotate matplotlib.axes.Axes.annotate", "3.3", "s is text", renamed="s=text"),
    Call(_drawn("semilogx semilogy loglog"), "3.5", "arguments have their present names",
         renamed="basex=base basey=base nonposx=nonpositive nonposy=nonpositive subsx=subs subsy=subs",
         before="basex basey nonposx nonposy subsx subsy"),
    Call("matplotlib.pyplot.xscale matplotlib.pyplot.yscale matplotlib.axes.Axes.set_xscale "
         "matplotlib.axes.Axes.set_yscale", "3.5", "arguments have their present names",
         renamed="basex=base basey=base nonposx=nonpositive nonposy=nonpositive subsx=subs subsy=subs",
         before="basex basey nonposx nonposy subsx subsy"),
    Call("matplotlib.style.use", "3.8", "styles have their present names", raises="OSError", reading=".drawing.style"),
    Call("matplotlib.pyplot.plot matplotlib.axes.Axes.plot", "3.0", "what is iterated is made a list",
         reading=".drawing.plot_listed", raises="RuntimeError TypeError ValueError"),
    Call("matplotlib.RcParams.__setitem__", "3.3", "settings have their present names, or say nothing any more",
         raises="KeyError", reading=".drawing.set_parameter"),
    Call(_BOOSTED, "1.4", "base_estimator is estimator", renamed="base_estimator=estimator", dropped="algorithm"),
    Call("sklearn.linear_model.LogisticRegression", "1.8", "multi_class and solver as then", before="penalty",
         reading=".estimators.logistic"),
    Call(_of("sklearn.linear_model", "SGDClassifier SGDRegressor Perceptron PassiveAggressiveClassifier "
             "PassiveAggressiveRegressor"), "0.21", "n_iter is max_iter, without an early stop", before="n_iter loss",
         reading=".estimators.stochastic"),
    Call("sklearn.cluster.KMeans sklearn.cluster.MiniBatchKMeans", "1.0", "k is n_clusters; what no longer exists is "
         "left out", renamed="k=n_clusters", dropped="n_jobs precompute_distances"),
    Call("sklearn.cluster.AgglomerativeClustering sklearn.cluster.FeatureAgglomeration", "1.4", "affinity is metric",
         renamed="affinity=metric", dropped="pooling_func n_components"),
    Call("sklearn.cluster.MeanShift sklearn.cluster.Birch sklearn.cluster.SpectralBiclustering "
         "sklearn.cluster.SpectralCoclustering", "1.0", "what no longer exists is left out", dropped="n_jobs copy"),
    Call("sklearn.manifold.TSNE", "1.7", "n_iter is max_iter", renamed="n_iter=max_iter"),
    Call("sklearn.preprocessing.OneHotEncoder", "1.4", "sparse is sparse_output; columns as then",
         renamed="sparse=sparse_output", reading=".estimators.one_hot"),
    Call("sklearn.decomposition.NMF", "1.2", "alpha is alpha_W", renamed="alpha=alpha_W"),
    Call("sklearn.decomposition.LatentDirichletAllocation", "0.21", "n_topics is n_components",
         renamed="n_topics=n_components"),
    Call("sklearn.calibration.CalibratedClassifierCV", "1.4", "base_estimator is estimator",
         renamed="base_estimator=estimator"),
    Call(_of("sklearn.feature_extraction.text", "CountVectorizer TfidfVectorizer HashingVectorizer"), "0.16",
         "arguments have their present names", renamed="charset=encoding charset_error=decode_error",
         dropped="non_negative"),
    Call("sklearn.metrics.mean_squared_error", "1.6", "squared=False is the root",
         reading=".estimators.mean_squared_error"),
    Call("sklearn.model_selection.KFold sklearn.model_selection.StratifiedKFold", "0.20", "n_folds is n_splits",
         renamed="n_folds=n_splits"),
    Call("sklearn.model_selection.GridSearchCV sklearn.model_selection.RandomizedSearchCV", "0.24",
         "iid is left out", dropped="iid", choice="the mean of the folds is not weighted by their size"),
    Call("sklearn.model_selection.cross_val_score sklearn.model_selection.cross_val_predict", "1.6",
         "fit_params is params", renamed="fit_params=params", reading=".searches.scored",
         raises="TypeError ValueError"),
    Call("sklearn.qda.QDA sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis", "0.22",
         "store_covariances is store_covariance", renamed="store_covariances=store_covariance"),
    Call(_drawn("hist hist2d"), "3.1", "normed is density", renamed="normed=density", dropped="hold",
         before="normed hold"),
    Call(_drawn(_HOLD), "3.0", "hold is left out: what is drawn is always added", dropped="hold", before="hold"),
    Call("matplotlib.pyplot.subplot matplotlib.pyplot.axes matplotlib.pyplot.subplot2grid "
         "matplotlib.figure.Figure.add_subplot matplotlib.figure.Figure.add_axes", "2.2", "axisbg is facecolor",
         renamed="axisbg=facecolor", before="axisbg"),
    Call("matplotlib.pyplot.gca matplotlib.figure.Figure.gca", "3.6", "new axes with these arguments",
         renamed="axisbg=facecolor",
         reading=".drawing.axes_of"),
    Call(_drawn("boxplot"), "3.11", "labels is tick_labels", renamed="labels=tick_labels manage_xticks=manage_ticks",
         before="labels manage_xticks"),
    Call(_drawn("bar"), "3.0", "left is x", renamed="left=x", before="left", reading=".drawing.bar"),
    Call(_drawn("barh"), "3.0", "bottom is y", renamed="bottom=y", before="bottom"),
    Call(_drawn("grid"), "3.6", "b is visible", renamed="b=visible", before="b"),
    Call(_drawn("scatter"), "3.3", "verts is marker", renamed="verts=marker", before="verts"),
    Call(_drawn("stem"), "3.8", "use_line_collection is left out", dropped="use_line_collection",
         before="use_line_collection"),
    Call("matplotlib.pyplot.savefig matplotlib.figure.Figure.savefig", "3.3", "frameon=False is transparent=True",
         before="frameon papertype quality", dropped="papertype quality", reading=".drawing.savefig"),
    Call("matplotlib.pyplot.title matplotlib.pyplot.xlabel matplotlib.pyplot.ylabel", "3.1", "s is the text",
         reading=".drawing.text_of"),
    Call("matplotlib.pyplot.get_cmap matplotlib.pyplot.set_cmap", "3.0", "spectral is nipy_spectral",
         reading=".drawing.get_cmap_named", raises="ValueError"),
    Call("matplotlib.pyplot.legend matplotlib.axes.Axes.legend", "3.3", "arguments have their present names",
         dropped="axespad pad labelsep handlelen"),
)
"""Forms of calls, by function."""
