"""The public page that says whether a seal is that of a closing (I4). It shows no personal data."""
