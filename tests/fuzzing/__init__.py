"""Every decoder that takes bytes from a peer, under input that nobody sends on purpose, or only to do harm.

:mod:`tests.fuzzing.registry` knows them all; a test proves it. They run in the test suite with mutations that are the
same in each run, and under atheris, which follows the coverage, by ``make fuzz``.
"""
