//! The one place that reads the wall clock: for the date on a report. Everything measured uses a monotonic clock.

#[expect(clippy::disallowed_methods, reason = "a report says when it was made; nothing is decided by it")]
pub(crate) fn wall_clock() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
