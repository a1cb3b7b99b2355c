"""What changes payments; importing this package registers its jobs."""
