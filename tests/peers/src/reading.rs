//! What one run of one probe gives.

/// A reading.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub(crate) struct Reading {
    /// Operations or events a second; for probes of size, bytes; for probes of time, seconds.
    pub(crate) figure: f64,
    /// Latency in the middle, where calls were timed.
    pub(crate) p50_ms: f64,
    /// Latency of the slowest in a hundred.
    pub(crate) p99_ms: f64,
    /// Anything else worth saying.
    pub(crate) note: String,
}

impl Reading {
    /// A figure alone.
    pub(crate) fn of(figure: f64) -> Reading {
        Reading { figure, ..Reading::default() }
    }

    /// With a remark.
    pub(crate) fn with(mut self, note: impl Into<String>) -> Reading {
        self.note = note.into();
        self
    }
}
