"""What users call of the messenger's features, a module for each of them.

It declares a subclass of :class:`~pystatus.client.features.feature.ClientFeature` with the name under which a client
has it. What else users need of the feature (its events, its values) stands in the ``__all__`` of the module, and can be
imported from :mod:`pystatus` as well. Nothing else has to be told of it.
"""
