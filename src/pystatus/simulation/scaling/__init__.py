"""What somebody receives in a day, by the number of users: as a published model has it, and with its terms measured.

:mod:`~pystatus.simulation.scaling.model` multiplies, :mod:`~pystatus.simulation.scaling.measuring` finds the terms.
"""
