//! Logs as Terraform reads them: one JSON object a line on standard error, in
//! the form of HashiCorp's hclog.

use std::{env, fmt};

use serde_json::{Map, Value as Json};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

use super::stderr;

/// Crates whose chatter about frames and handshakes is left out.
const TRANSPORT: [&str; 5] = ["h2", "hyper", "rustls", "tonic", "tower"];

/// Sends what is logged with `tracing` to Terraform, from the level that the
/// user asks for.
pub fn install(provider: &str) {
    let level = level(provider, |name| env::var(name).ok());
    let layer = Hclog {
        module: format!("provider.{provider}"),
    };
    let subscriber = Registry::default().with(layer.with_filter(
        tracing_subscriber::filter::filter_fn(move |metadata| wanted(metadata, level)),
    ));
    // A provider that set up its own logging keeps it.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// The level that the most specific of Terraform's variables asks for.
fn level(provider: &str, variable: impl Fn(&str) -> Option<String>) -> LevelFilter {
    let specific = format!(
        "TF_LOG_PROVIDER_{}",
        provider.to_uppercase().replace('-', "_")
    );
    let asked = [specific.as_str(), "TF_LOG_PROVIDER", "TF_LOG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|level| !level.is_empty()));
    match asked.map(|level| level.to_uppercase()).as_deref() {
        Some("TRACE" | "JSON") => LevelFilter::TRACE,
        Some("DEBUG") => LevelFilter::DEBUG,
        Some("INFO") => LevelFilter::INFO,
        Some("WARN") => LevelFilter::WARN,
        Some("ERROR") => LevelFilter::ERROR,
        None | Some("OFF") => LevelFilter::OFF,
        // Terraform takes whatever else for TRACE.
        Some(_) => LevelFilter::TRACE,
    }
}

fn wanted(metadata: &Metadata<'_>, level: LevelFilter) -> bool {
    let of = metadata.target().split("::").next().unwrap_or_default();
    let level = if TRANSPORT.contains(&of) {
        level.min(LevelFilter::WARN)
    } else {
        level
    };
    *metadata.level() <= level
}

struct Hclog {
    module: String,
}

/// The fields of a span, kept beside it.
struct Fields(Map<String, Json>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Hclog {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Map::new();
        attributes.record(&mut Collect(&mut fields));
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(Fields(fields));
        }
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(Fields(fields)) = span.extensions_mut().get_mut::<Fields>()
        {
            record.record(&mut Collect(fields));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Map::new();
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(Fields(fields)) = span.extensions().get::<Fields>() {
                // What is nearer to the event wins.
                for (name, value) in fields {
                    line.entry(name).or_insert_with(|| value.clone());
                }
            }
        }
        event.record(&mut Collect(&mut line));
        let message = line.remove("message").unwrap_or_default();
        line.insert(
            "@level".into(),
            level_name(*event.metadata().level()).into(),
        );
        line.insert("@message".into(), message);
        line.insert("@module".into(), self.module.clone().into());
        line.insert("@timestamp".into(), timestamp().into());
        let mut text = Json::Object(line).to_string();
        text.push('\n');
        stderr::write(text);
    }
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

/// The time in RFC 3339.
fn timestamp() -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = SystemTime.format_time(&mut Writer::new(&mut text));
    text
}

struct Collect<'a>(&'a mut Map<String, Json>);

impl Visit for Collect<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0
            .insert(field.name().to_owned(), format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_variable_decides() {
        let with = |set: &[(&str, &str)]| {
            let find = |name: &str| {
                set.iter()
                    .find(|(n, _)| *n == name)
                    .map(|(_, v)| v.to_string())
            };
            level("my-cloud", find)
        };
        assert_eq!(with(&[]), LevelFilter::OFF);
        assert_eq!(with(&[("TF_LOG", "info")]), LevelFilter::INFO);
        assert_eq!(with(&[("TF_LOG", "JSON")]), LevelFilter::TRACE);
        assert_eq!(
            with(&[("TF_LOG", "trace"), ("TF_LOG_PROVIDER", "WARN")]),
            LevelFilter::WARN
        );
        let specific = ("TF_LOG_PROVIDER_MY_CLOUD", "error");
        assert_eq!(
            with(&[("TF_LOG_PROVIDER", "trace"), specific]),
            LevelFilter::ERROR
        );
    }
}
