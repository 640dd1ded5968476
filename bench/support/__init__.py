"""What benchmarks and soaks share: a relay's peers, and traffic that can be counted."""
