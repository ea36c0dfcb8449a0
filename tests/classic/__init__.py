"""What classic scripts did in the libraries of their time, and do with `blobprep.classic` today.

    environments  the interpreters and libraries of the time, built from locked wheels
    probes        small scripts over every restored name, played in both and compared
    scripts       whole `azureml_main` scripts, with their datasets
    studio        plays whole scripts in an interpreter of the time, as Studio did
    golden        what the old libraries did, recorded: one file for each environment
"""
