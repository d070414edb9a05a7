"""Where pictures come from when they are not files: http(s), without letting a URL reach what only this machine may."""
