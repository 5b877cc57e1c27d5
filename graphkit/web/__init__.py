"""The verbs of the command line in a browser and as a JSON API, on the same reports."""
