"""The tables' history: one step for each change of the models, the same on both databases.

``python -m workbench.migrations.make "what changes"`` writes the next step from the models; read it before it is kept.
"""
