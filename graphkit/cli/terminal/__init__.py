"""The manners of the command line: options, console, reading, places."""
