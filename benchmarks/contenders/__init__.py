"""What the workload is tried with: each module is one program as a competent user of its library would write it."""
