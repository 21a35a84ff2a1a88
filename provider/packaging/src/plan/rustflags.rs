//! The flags for rustc that a request declares, by cargo's rules.

use std::collections::BTreeMap;

use crate::request::Architecture;
use crate::workspace::config::Config;

/// Takes the flags out of the declared environment, or from the workspace's configuration. The
/// first of these that is set wins: `CARGO_ENCODED_RUSTFLAGS`, `RUSTFLAGS`, the target's flags, the
/// flags of every build ("build.rustflags" in the Cargo book). A variable for one of the last two
/// joins what the configuration says of it, as it does for every list.
pub(crate) fn take(
    declared: &mut BTreeMap<String, String>,
    config: &Config,
    architecture: Architecture,
) -> Vec<String> {
    let target = architecture.target().to_uppercase().replace('-', "_");
    let mut flags = |name: &str, separator: fn(char) -> bool| {
        let text = declared.remove(name)?;
        let flags = text.split(separator).filter(|flag| !flag.is_empty());
        Some(flags.map(str::to_owned).collect::<Vec<_>>())
    };
    let encoded = flags("CARGO_ENCODED_RUSTFLAGS", |c| c == '\x1f');
    let plain = flags("RUSTFLAGS", char::is_whitespace);
    let of_target = flags(
        &format!("CARGO_TARGET_{target}_RUSTFLAGS"),
        char::is_whitespace,
    );
    let of_build = flags("CARGO_BUILD_RUSTFLAGS", char::is_whitespace);
    if let Some(flags) = encoded.or(plain) {
        return flags;
    }
    let join = |mut configured: Vec<String>, declared: Option<Vec<String>>| {
        configured.extend(declared.unwrap_or_default());
        configured
    };
    let of_target = join(config.target_rustflags(architecture), of_target);
    if of_target.is_empty() {
        join(config.build_rustflags(), of_build)
    } else {
        of_target
    }
}
