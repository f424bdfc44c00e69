"""The Plugin value, and finding and loading the plug-ins that are installed."""
