"""The sheets of the evaluation workbook, whose figures are live formulas."""
