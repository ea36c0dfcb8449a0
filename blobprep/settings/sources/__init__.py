"""The places where settings come from, besides arguments.

toml          the file of settings, `blobprep.toml`
environment   the environment's variables, and the account that they describe
hadoop        the settings of Hadoop and Spark
azure_cli     the Azure CLI's own file, `~/.azure/config`
"""
