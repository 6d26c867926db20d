"""« Planning »: the sessions by day and week, what each still lacks, and what stands in each other's way (P11)."""
