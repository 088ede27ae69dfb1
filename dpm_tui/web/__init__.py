"""The app in a browser: a server for one person, and the process that runs the app for one page."""
