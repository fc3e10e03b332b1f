//! Counts and latencies of one route. The handles are looked up once, when a worker builds its routes, so that counting a
//! request costs two atomic additions.

use std::time::Duration;

use actix_web::http::StatusCode;
use metrics::{Counter, Histogram, counter, histogram};

/// Hung on a route as application data; the door finds it on the way out.
#[derive(Clone)]
pub struct RouteMetrics {
    /// By the first digit of the status, from 1xx.
    answered: [Counter; 5],
    latency: Histogram,
}

impl RouteMetrics {
    /// `route` is the pattern (`/api/v1/products/{slug}`), never the path: labels are bounded.
    pub fn new(route: &str) -> Self {
        let answered = ["1xx", "2xx", "3xx", "4xx", "5xx"]
            .map(|status| counter!("doorbuster_http_requests_total", "route" => route.to_owned(), "status" => status));
        Self { answered, latency: histogram!("doorbuster_http_request_duration_seconds", "route" => route.to_owned()) }
    }

    pub fn record(&self, status: StatusCode, took: Duration) {
        let class = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        self.answered[class].increment(1);
        self.latency.record(took);
    }
}
