//! How many requests are inside at once, and who is turned away first when it gets full: browsers, then cart writers,
//! then checkouts; payments and confirmations never. Buyers who would have to wait too long are turned away before that
//! (`crowd`).
//!
//! Turning away costs no I/O and no waiting: the answer is written before the handler is looked for.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use actix_web::http::Method;

use super::crowd::{Crowd, CrowdBounds};

/// What a request is for, from the least to the most important.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Browse,
    Cart,
    /// Asking for the price.
    Checkout,
    /// Placing an order.
    Order,
    /// Confirming, cancelling, paying, and looking after the shop: never turned away.
    Vital,
}

/// Who may ask for what is never turned away. Nobody else takes that way past the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    Staff,
    /// A guest or a customer.
    Shopper,
}

impl Class {
    /// `has_shown` tells whether the request shows that it comes from there.
    pub fn of(method: &Method, path: &str, has_shown: impl Fn(Asker) -> bool) -> Self {
        let Some(route) = path.strip_prefix("/api/v1/") else {
            // Health, metrics: an operator needs them most when it is full.
            return if path.len() > 1 { Self::Vital } else { Self::Browse };
        };
        let (noun, rest) = route.split_once('/').unwrap_or((route, ""));
        match noun {
            "checkout" if rest.is_empty() => Self::Order,
            "checkout" => Self::Checkout,
            "payments" => Self::Vital,
            "admin" if has_shown(Asker::Staff) => Self::Vital,
            "admin" => Self::Browse,
            "orders" if rest.ends_with("/cancel") && has_shown(Asker::Shopper) => Self::Vital,
            _ if method == Method::GET || method == Method::HEAD => Self::Browse,
            _ => Self::Cart,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Browse => "browse",
            Self::Cart => "cart",
            Self::Checkout => "checkout",
            Self::Order => "order",
            Self::Vital => "vital",
        }
    }
}

/// The seats inside. Cheap to clone; one for all workers.
#[derive(Clone)]
pub struct LoadShed(Arc<Room>);

struct Room {
    inside: AtomicUsize,
    max_inside: usize,
    buyers: Mutex<Crowd>,
}

/// A seat, given back when it is dropped.
pub struct Seat(Arc<Room>);

/// The turn of a buyer whose whole request is there, given back when it is dropped.
pub struct Turn {
    room: Arc<Room>,
    since: Instant,
}

impl LoadShed {
    /// Room for so many as `bounds` lets in at most.
    pub fn new(bounds: CrowdBounds) -> Self {
        let buyers = Mutex::new(Crowd::new(bounds, Instant::now()));
        Self(Arc::new(Room { inside: AtomicUsize::new(0), max_inside: bounds.most, buyers }))
    }

    pub fn enter(&self, class: Class) -> Option<Seat> {
        let before = self.0.inside.fetch_add(1, Ordering::Relaxed);
        let seat = Seat(Arc::clone(&self.0));
        let limit = match class {
            Class::Browse => self.0.max_inside / 2,
            Class::Cart => self.0.max_inside / 4 * 3,
            Class::Checkout | Class::Order => self.0.max_inside,
            Class::Vital => return Some(seat),
        };
        // A buyer takes a turn only with the whole request: whoever sends it slowly must not keep another's.
        if before < limit && (class != Class::Order || self.0.buyers().has_room(Instant::now())) {
            return Some(seat);
        }
        turned_away(class);
        None
    }

    /// Of a buyer who is inside, and whose request is there.
    pub fn take_turn(&self) -> Option<Turn> {
        let since = Instant::now();
        if self.0.buyers().enter(since) {
            return Some(Turn { room: Arc::clone(&self.0), since });
        }
        turned_away(Class::Order);
        None
    }

    pub fn max_inside(&self) -> usize {
        self.0.max_inside
    }

    /// Buyers who are let in at a time, just now.
    pub fn max_buyers(&self) -> usize {
        self.0.buyers().limit()
    }

    pub fn inside(&self) -> usize {
        self.0.inside.load(Ordering::Relaxed)
    }
}

impl Room {
    fn buyers(&self) -> MutexGuard<'_, Crowd> {
        self.buyers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn turned_away(class: Class) {
    metrics::counter!("doorbuster_http_requests_shed_total", "class" => class.name()).increment(1);
}

impl Turn {
    /// Given back by one whose order was placed.
    pub fn leave_served(self) {
        let now = Instant::now();
        self.room.buyers().served(now.duration_since(self.since), now);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.room.buyers().leave();
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn room_for(least: usize, most: usize) -> LoadShed {
        LoadShed::new(CrowdBounds { wait: Duration::ZERO, least, most })
    }

    #[test]
    fn buyers_who_wait_too_long_are_no_more_than_fill_the_journal() {
        let shed = room_for(2, 8);
        let mut inside: Vec<_> = (0..8).map(|_| shed.take_turn().expect("a crowd is let in")).collect();
        assert_eq!(shed.max_buyers(), 8);
        // Nobody can be served in no time at all; who is refused says nothing about it, however long it is looked.
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(200) {
            drop(inside.pop());
            assert_eq!(shed.max_buyers(), 8);
            inside.push(shed.take_turn().expect("one has gone"));
        }
        let begun = Instant::now();
        while shed.max_buyers() == 8 {
            inside.pop().expect("it is looked often").leave_served();
            // Let in unless it was looked just now.
            inside.extend(shed.take_turn());
            assert!(begun.elapsed() < Duration::from_secs(60), "it is never looked");
        }
        assert_eq!(shed.max_buyers(), 2);
        assert!(shed.take_turn().is_none() && shed.enter(Class::Order).is_none(), "more are inside");
        drop(shed.enter(Class::Checkout).expect("asking for the price takes no turn"));
        inside.truncate(1);
        drop(shed.enter(Class::Order).expect("there are two turns"));
        drop(shed.take_turn().expect("there are two turns"));
    }

    #[test]
    fn who_is_still_sending_has_no_turn() {
        let shed = room_for(2, 8);
        let sending: Vec<_> = (0..7).map(|_| shed.enter(Class::Order).expect("there is room")).collect();
        let turns: Vec<_> = (0..8).map_while(|_| shed.take_turn()).collect();
        assert_eq!((sending.len(), turns.len()), (7, 8), "every turn is of those who have sent all of it");
    }

    #[test]
    fn browsers_leave_first_and_payments_never() {
        let shed = room_for(4, 4);
        let mut inside: Vec<_> = (0..2).map(|_| shed.enter(Class::Browse).expect("half is theirs")).collect();
        assert!(shed.enter(Class::Browse).is_none());
        inside.push(shed.enter(Class::Cart).expect("three quarters are theirs"));
        assert!(shed.enter(Class::Cart).is_none());
        inside.push(shed.enter(Class::Order).expect("all is theirs"));
        assert!(shed.enter(Class::Order).is_none());
        assert!(shed.enter(Class::Checkout).is_none());
        inside.push(shed.enter(Class::Vital).expect("always"));
        assert_eq!(shed.inside(), 5);
        drop(inside);
        assert_eq!(shed.inside(), 0);
    }

    #[test]
    fn a_request_is_classed_by_what_it_is_for() {
        let cases = [
            ("POST", "/api/v1/checkout", Class::Order),
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
            assert_eq!(Class::of(&method, path, |_| true), class, "{method} {path}");
        }
    }

    #[test]
    fn who_shows_nothing_is_not_let_past() {
        let of_nobody = |path| Class::of(&Method::POST, path, |_| false);
        assert_eq!(of_nobody("/api/v1/admin/orders/D-1/confirm"), Class::Browse);
        assert_eq!(of_nobody("/api/v1/orders/D-1/cancel"), Class::Cart);
        let of_a_shopper = |path| Class::of(&Method::POST, path, |asker| asker == Asker::Shopper);
        assert_eq!(of_a_shopper("/api/v1/admin/orders/D-1/confirm"), Class::Browse);
        assert_eq!(of_a_shopper("/api/v1/orders/D-1/cancel"), Class::Vital);
    }
}
