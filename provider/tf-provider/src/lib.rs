//! The Terraform plugin protocol, version 6, on tonic and prost.
