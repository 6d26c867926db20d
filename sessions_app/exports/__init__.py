"""Spreadsheets that we write."""
