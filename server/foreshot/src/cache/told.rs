//! What a run has told on stderr, so that it is told again when its answer is.

use serde::{Deserialize, Serialize};
use std::fmt::{Debug, Write};
use std::sync::{Mutex, PoisonError};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// Messages with their levels, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told(Vec<(Loudness, String)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Loudness {
    Error,
    Warn,
    Info,
}

/// What is noted while somebody listens.
static NOTED: Mutex<Option<Told>> = Mutex::new(None);

impl Told {
    /// Notes what is told from now on.
    pub fn listen() {
        *NOTED.lock().unwrap_or_else(PoisonError::into_inner) = Some(Told::default());
    }

    /// What was told since [`Told::listen`].
    pub fn heard() -> Told {
        NOTED.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
    }

    pub fn tell(&self) {
        for (loudness, text) in &self.0 {
            match loudness {
                Loudness::Error => tracing::error!("{text}"),
                Loudness::Warn => tracing::warn!("{text}"),
                Loudness::Info => tracing::info!("{text}"),
            }
        }
    }
}

/// The part of the subscriber that notes.
pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    // What is louder for debugging tells what a run does, not what it found.
    Noting.with_filter(LevelFilter::INFO)
}

struct Noting;

impl<S: Subscriber> Layer<S> for Noting {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let loudness = match *event.metadata().level() {
            Level::ERROR => Loudness::Error,
            Level::WARN => Loudness::Warn,
            Level::INFO => Loudness::Info,
            _ => return,
        };
        if let Some(told) = NOTED.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            let mut text = Text::default();
            event.record(&mut text);
            told.0.push((loudness, text.0));
        }
    }
}

#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            // A string takes what is written to it.
            let _ = write!(self.0, "{value:?}");
        }
    }
}
