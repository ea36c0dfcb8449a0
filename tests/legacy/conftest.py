"""What `make test-legacy` installs below this folder brings tests of its own."""

collect_ignore = ["packages"]
