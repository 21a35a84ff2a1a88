//! The protocol's messages and services, generated from `proto/`.
#![allow(missing_docs, clippy::all, rustdoc::all)]

tonic::include_proto!("tfplugin6");

/// go-plugin's services.
pub mod plugin {
    tonic::include_proto!("plugin");
}

/// gRPC's health checking.
pub mod health {
    tonic::include_proto!("grpc.health.v1");
}
