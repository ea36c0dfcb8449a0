"""Pages in a real browser: Debian's Chromium, led by Playwright; `make test-browser` runs these tests.

chromium   where Chromium is, how it is started, and what becomes of a test without it
opening    how long pages take to open, for `make bench`
pages      pages of real runs and tables, ordinary ones and hostile ones
watch      a page that is opened, and all that it did besides showing itself
"""
