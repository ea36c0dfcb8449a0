"""Rank the numeric columns of a table by their correlation with the last one; no more than pandas is needed."""

import matplotlib.pyplot as plt


def azureml_main(dataframe1=None, dataframe2=None):
    numbers = dataframe1.select_dtypes("number")
    target = numbers.columns[-1]
    correlation = numbers.corr(method="spearman")[target].drop(target)
    ranking = (
        correlation.rename("correlation")
        .rename_axis("feature")
        .reset_index()
        .sort_values("correlation", key=abs, ascending=False)
    )
    print(f"rank correlation with {target}:")
    print(ranking.to_string(index=False))

    plt.figure(figsize=(8, 4))
    plt.barh(ranking["feature"], ranking["correlation"], color="#4477aa")
    plt.gca().invert_yaxis()
    plt.xlabel(f"rank correlation with {target}")
    plt.tight_layout()
    plt.savefig("ranking.png", dpi=100)
    return (ranking,)
