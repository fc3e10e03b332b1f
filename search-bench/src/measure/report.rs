//! What was measured, as it is written down.
#![expect(clippy::float_arithmetic, reason = "statistics")]

use serde::{Deserialize, Serialize};

/// Microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Spread {
    pub(crate) count: usize,
    pub(crate) p50: u64,
    pub(crate) p95: u64,
    pub(crate) p99: u64,
    pub(crate) max: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) products: u64,
    pub(crate) seed: u64,
    pub(crate) built: Built,
    pub(crate) probed: Probed,
}

/// How it was to index all products.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Built {
    /// All of it, with making the products.
    pub(crate) took_ms: u64,
    /// In which no product was indexed, for the next one was being made.
    pub(crate) making_ms: u64,
    /// The time on processors, of all threads.
    pub(crate) processor_ms: u64,
    /// Of the process, its own.
    pub(crate) memory_peak_bytes: u64,
    pub(crate) index_bytes: u64,
}

/// How it was to ask, in a process of its own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Probed {
    pub(crate) open_ms: u64,
    /// Of the process after opening; without the index it has `empty_bytes`.
    pub(crate) own_bytes: u64,
    pub(crate) mapped_bytes: u64,
    pub(crate) empty_bytes: u64,
    /// After everything was asked.
    pub(crate) own_bytes_at_end: u64,
    pub(crate) mapped_bytes_at_end: u64,
    /// That opening and the cold questions brought from the disk.
    pub(crate) cold_read_bytes: u64,
    pub(crate) kinds: Vec<KindProbed>,
    pub(crate) clients: usize,
    pub(crate) searches_per_second: f64,
    pub(crate) of_clients: Spread,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct KindProbed {
    pub(crate) kind: String,
    pub(crate) cold: Spread,
    pub(crate) warm: Spread,
    /// Of the same answers, the time on a processor: what they would have taken, had nobody else used the machine.
    pub(crate) warm_processor: Spread,
    /// Of an answer, on average: products, suggestions or not.
    pub(crate) results: f64,
    /// The products that matched in all, on average.
    pub(crate) matches: f64,
    pub(crate) facets: f64,
}

impl Report {
    pub(crate) fn products_per_minute(&self) -> f64 {
        self.products as f64 * 60_000.0 / self.built.took_ms.max(1) as f64
    }

    pub(crate) fn per_product(&self, bytes: u64) -> f64 {
        bytes as f64 / self.products.max(1) as f64
    }

    pub(crate) fn kind(&self, name: &str) -> Option<&KindProbed> {
        self.probed.kinds.iter().find(|kind| kind.kind == name)
    }
}

/// For people: `850 us`, `12.3 ms`, `1.20 s`.
pub(crate) fn micros(us: u64) -> String {
    match us {
        0..1_000 => format!("{us} us"),
        1_000..1_000_000 => format!("{:.1} ms", us as f64 / 1e3),
        _ => format!("{:.2} s", us as f64 / 1e6),
    }
}

/// For people: `1.2 GB`.
pub(crate) fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.2} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_units() {
        assert_eq!([850, 12_340, 1_200_000].map(micros), ["850 us", "12.3 ms", "1.20 s"]);
        assert_eq!([850, 12_340_000, 1_200_000_000].map(bytes), ["0.8 kB", "12.3 MB", "1.20 GB"]);
    }
}
