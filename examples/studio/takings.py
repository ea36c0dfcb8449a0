# Two weeks of takings, by store. Written in 2015 for Execute Python Script: Python 2.7, pandas 0.18.
import matplotlib.pyplot as plt
import pandas as pd

import shop


def azureml_main(dataframe1=None, dataframe2=None):
    print "rows:", len(dataframe1)
    dataframe1["rate"] = [shop.per_hundred(s, v) for s, v in zip(dataframe1.sold, dataframe1.visitors)]

    result = pd.DataFrame()
    for store in sorted(dataframe1.store.unique()):
        days = dataframe1[dataframe1.store == store].sort("day")
        days["trend"] = pd.rolling_mean(days.takings.fillna(0), 7)
        best = days.sort("takings", ascending=False).ix[:, "day"].iloc[0]
        print shop.label(store, best)
        result = result.append(days.ix[days.trend > 0, ["day", "store", "rate", "trend"]], ignore_index=True)

    for store, days in result.groupby("store"):
        plt.plot(days.trend.as_matrix(), label=store)
    plt.legend()
    plt.savefig("trend.png")
    return result,
