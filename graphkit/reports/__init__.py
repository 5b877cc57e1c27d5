"""Pages, tables and scorecards that the command line and the web page write."""
