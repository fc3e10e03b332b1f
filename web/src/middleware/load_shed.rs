//! How many requests are inside at once, and who is turned away first when it gets full: browsers, then cart writers,
//! then checkouts; payments and confirmations never.
//!
//! Turning away costs no I/O and no waiting: the answer is written before the handler is looked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::http::Method;

/// What a request is for, from the least to the most important.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Browse,
    Cart,
    Checkout,
    /// Confirming, cancelling, paying, and looking after the shop: never turned away.
    Vital,
}

impl Class {
    pub fn of(method: &Method, path: &str) -> Self {
        let Some(route) = path.strip_prefix("/api/v1/") else {
            // Health, metrics: an operator needs them most when it is full.
            return if path.len() > 1 { Self::Vital } else { Self::Browse };
        };
        let (noun, rest) = route.split_once('/').unwrap_or((route, ""));
        match noun {
            "checkout" => Self::Checkout,
            "payments" | "admin" => Self::Vital,
            "orders" if rest.ends_with("/cancel") => Self::Vital,
            _ if method == Method::GET || method == Method::HEAD => Self::Browse,
            _ => Self::Cart,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Browse => "browse",
            Self::Cart => "cart",
            Self::Checkout => "checkout",
            Self::Vital => "vital",
        }
    }
}

/// The seats inside. Cheap to clone; one for all workers.
#[derive(Clone)]
pub struct LoadShed {
    inside: Arc<AtomicUsize>,
    max_inside: usize,
}

/// A seat, given back when it is dropped.
pub struct Seat(Arc<AtomicUsize>);

impl LoadShed {
    pub fn new(max_inside: usize) -> Self {
        Self { inside: Arc::new(AtomicUsize::new(0)), max_inside }
    }

    pub fn enter(&self, class: Class) -> Option<Seat> {
        let before = self.inside.fetch_add(1, Ordering::Relaxed);
        let seat = Seat(Arc::clone(&self.inside));
        let limit = match class {
            Class::Browse => self.max_inside / 2,
            Class::Cart => self.max_inside / 4 * 3,
            Class::Checkout => self.max_inside,
            Class::Vital => return Some(seat),
        };
        if before < limit {
            return Some(seat);
        }
        metrics::counter!("doorbuster_http_requests_shed_total", "class" => class.name()).increment(1);
        None
    }

    pub fn max_inside(&self) -> usize {
        self.max_inside
    }

    pub fn inside(&self) -> usize {
        self.inside.load(Ordering::Relaxed)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_leave_first_and_payments_never() {
        let shed = LoadShed::new(4);
        let mut inside: Vec<_> = (0..2).map(|_| shed.enter(Class::Browse).expect("half is theirs")).collect();
        assert!(shed.enter(Class::Browse).is_none());
        inside.push(shed.enter(Class::Cart).expect("three quarters are theirs"));
        assert!(shed.enter(Class::Cart).is_none());
        inside.push(shed.enter(Class::Checkout).expect("all is theirs"));
        assert!(shed.enter(Class::Checkout).is_none());
        inside.push(shed.enter(Class::Vital).expect("always"));
        assert_eq!(shed.inside(), 5);
        drop(inside);
        assert_eq!(shed.inside(), 0);
    }

    #[test]
    fn a_request_is_classed_by_what_it_is_for() {
        let cases = [
            ("POST", "/api/v1/checkout", Class::Checkout),
            ("POST", "/api/v1/checkout/quote", Class::Checkout),
            ("POST", "/api/v1/payments/webhook/stripe", Class::Vital),
            ("POST", "/api/v1/admin/orders/D-1/confirm", Class::Vital),
            ("POST", "/api/v1/orders/D-1/cancel", Class::Vital),
            ("GET", "/api/v1/orders/D-1", Class::Browse),
            ("POST", "/api/v1/cart/items", Class::Cart),
            ("POST", "/api/v1/session", Class::Cart),
            ("GET", "/api/v1/products", Class::Browse),
            ("GET", "/readyz", Class::Vital),
            ("GET", "/", Class::Browse),
        ];
        for (method, path, class) in cases {
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            assert_eq!(Class::of(&method, path), class, "{method} {path}");
        }
    }
}
