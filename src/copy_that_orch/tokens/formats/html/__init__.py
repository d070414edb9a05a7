"""A token set as a report for people: one HTML file that needs nothing else, to be opened from disk.

`pictures` holds what it can show of the screenshots, `cards` what is said of one token, `sections` where it stands,
`matrix` which text stands on what, and `page` puts them together.
"""
