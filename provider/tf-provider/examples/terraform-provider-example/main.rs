//! The provider of the guide in README.md, as it stands there.

include!(concat!(env!("OUT_DIR"), "/guide.rs"));
