"""What an operator's monitoring asks a node over HTTP: ``/metrics``, ``/health``, ``/ready``."""
