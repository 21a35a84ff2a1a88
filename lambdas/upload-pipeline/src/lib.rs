//! Domain, ports and AWS adapters of the upload pipeline.
