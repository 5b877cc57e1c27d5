"""What ``explain`` hands over: tables, tracks and a page."""
