"""Tidegate: CI/CD for machine learning. The command line is ``tidegate``; there is nothing to import."""
