"""What features of the messenger keep in the profile database, a module for each of them.

It declares a subclass of :class:`~pystatus.storage.features.tables.FeatureTables`: the feature that it is for, its
tables, and the steps that made them. Nothing else has to be told of it.
"""
