"""What numbers say: intervals, quantities, tables, comparison, sensitivity."""
