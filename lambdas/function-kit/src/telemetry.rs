//! Structured logs: one JSON object a line on standard output, where Lambda collects them.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

use crate::environment::{Environment, EnvironmentError};

/// Variable that says how much is logged.
pub const LOG_LEVEL: &str = "LOG_LEVEL";

/// Starts logging at the level that `LOG_LEVEL` names: `error`, `warn`, `info` (the default),
/// `debug` or `trace`, also by module: `info,upload_pipeline=debug`. Later calls change nothing.
///
/// # Errors
/// [`EnvironmentError::Invalid`] when `LOG_LEVEL` is none of these.
pub fn init(environment: &Environment) -> Result<(), EnvironmentError> {
    let levels = levels(environment)?;
    let json = fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false);
    // Fails only where a subscriber is installed already, whose owner then decides.
    let _ = tracing_subscriber::registry()
        .with(json.with_filter(levels))
        .try_init();
    Ok(())
}

fn levels(environment: &Environment) -> Result<Targets, EnvironmentError> {
    environment.parsed_or(LOG_LEVEL, Targets::new().with_default(LevelFilter::INFO))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::Level;

    fn logs(value: &str, target: &str, level: Level) -> bool {
        levels(&Environment::from_iter([(LOG_LEVEL, value)]))
            .unwrap()
            .would_enable(target, &level)
    }

    #[test]
    fn levels_apply_overall_and_by_module() {
        assert!(logs("", "any", Level::INFO) && !logs("", "any", Level::DEBUG));
        assert!(logs("DEBUG", "any", Level::DEBUG));
        assert!(!logs("error", "any", Level::WARN));
        assert!(logs("warn,mine=debug", "mine", Level::DEBUG));
        assert!(!logs("warn,mine=debug", "other", Level::INFO));
    }

    #[test]
    fn a_level_that_does_not_exist_names_the_variable() {
        let environment = Environment::from_iter([(LOG_LEVEL, "a=loud")]);
        let error = init(&environment).unwrap_err();
        assert!(error.to_string().contains("LOG_LEVEL"), "{error}");
    }
}
