"""Reports: pages, tables and scorecards that the command line and others hand out."""
