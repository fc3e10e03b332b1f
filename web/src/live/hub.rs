//! Who listens to what, and what was told.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::broadcast;

use super::topic::Topic;
use crate::middleware::NetworkId;

/// Something that has changed.
#[derive(Debug, Clone)]
pub struct Event {
    /// Greater than that of every event before it, also those before a restart.
    pub id: u64,
    pub topic: Topic,
    /// JSON.
    pub data: Bytes,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    events: broadcast::Sender<Event>,
    listeners: AtomicUsize,
    seats: Seats,
}

/// How many may listen.
#[derive(Debug, Clone, Copy)]
pub struct Seats {
    pub max: usize,
    /// From one network: nobody takes the seats of all.
    pub max_of_one: usize,
}

/// Why somebody may not listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSeat {
    /// Too many listen, or the server stops.
    Full,
    /// Too many from there.
    TooMany { max: usize },
}

struct State {
    next_id: u64,
    /// How many listen, and the last that was told.
    topics: HashMap<Topic, (usize, Option<Event>)>,
    /// How many listen from where.
    networks: HashMap<NetworkId, usize>,
    told: VecDeque<Event>,
    is_open: bool,
}

/// One who listens. Stops listening when dropped.
pub struct Listener {
    pub(super) topics: Vec<Topic>,
    pub(super) missed: VecDeque<Event>,
    pub(super) events: broadcast::Receiver<Event>,
    /// From where, if that is counted.
    network: Option<NetworkId>,
    hub: Hub,
}

/// Events that a slow listener may be behind; it is told how things are then.
const BEHIND_MAX: usize = 256;
const REMEMBERED: usize = 2_000;

impl Hub {
    /// `first_id` should grow from start to start: the time in milliseconds does.
    pub fn new(first_id: u64, seats: Seats) -> Self {
        let (events, _) = broadcast::channel(BEHIND_MAX);
        let state = State {
            next_id: first_id,
            topics: HashMap::new(),
            networks: HashMap::new(),
            told: VecDeque::new(),
            is_open: true,
        };
        Self(Arc::new(Shared { state: Mutex::new(state), events, listeners: AtomicUsize::new(0), seats }))
    }

    /// Listens to `topics`, beginning after the event `last`. Without a `network`, only all are counted.
    pub fn listen(
        &self,
        topics: Vec<Topic>,
        last: Option<u64>,
        network: Option<NetworkId>,
    ) -> Result<Listener, NoSeat> {
        let seats = self.0.seats;
        let mut state = self.state();
        if !state.is_open || self.0.listeners.load(Ordering::Relaxed) >= seats.max {
            return Err(NoSeat::Full);
        }
        if let Some(network) = network {
            let taken = state.networks.entry(network).or_default();
            if *taken >= seats.max_of_one {
                return Err(NoSeat::TooMany { max: seats.max_of_one });
            }
            *taken += 1;
        }
        self.0.listeners.fetch_add(1, Ordering::Relaxed);
        let oldest = state.told.front().map(|event| event.id);
        let remembered =
            last.filter(|last| oldest.is_some_and(|oldest| oldest <= last.saturating_add(1)) && *last < state.next_id);
        let missed = match remembered {
            Some(last) => {
                let missed = state.told.iter().filter(|event| event.id > last && topics.contains(&event.topic));
                missed.map(|event| state.as_it_is_now(event)).collect()
            }
            // How things are now; what was never looked at comes with the next look.
            None => {
                let mut now: Vec<Event> =
                    topics.iter().filter_map(|topic| state.topics.get(topic)?.1.clone()).collect();
                now.sort_by_key(|event| event.id);
                now.into()
            }
        };
        for topic in &topics {
            state.topics.entry(topic.clone()).or_default().0 += 1;
        }
        let events = self.0.events.subscribe();
        Ok(Listener { topics, missed, events, network, hub: self.clone() })
    }

    /// What somebody listens to.
    pub fn wanted(&self) -> Vec<Topic> {
        self.state().topics.keys().cloned().collect()
    }

    /// Tells `data` of `topic`, unless that is what was told last. `is_news` compares with what was told.
    pub fn tell(&self, topic: &Topic, data: Bytes, is_news: impl FnOnce(&[u8]) -> bool) {
        let mut state = self.state();
        let id = state.next_id;
        let Some((_, last)) = state.topics.get_mut(topic) else { return };
        if let Some(last) = last
            && !is_news(&last.data)
        {
            // No news, but a countdown in it goes on: who begins to listen is told how it is now.
            last.data = data;
            return;
        }
        let event = Event { id, topic: topic.clone(), data };
        *last = Some(event.clone());
        state.next_id += 1;
        state.told.push_back(event.clone());
        if state.told.len() > REMEMBERED {
            state.told.pop_front();
        }
        // Under the lock, so that nobody who begins to listen misses it or hears it twice. Nobody may listen just now.
        let _ = self.0.events.send(event);
    }

    /// Ends every feed: the server stops.
    pub fn close(&self) {
        let mut state = self.state();
        state.is_open = false;
        let end = Event { id: u64::MAX, topic: Topic::Orders, data: Bytes::new() };
        // Nobody may listen.
        let _ = self.0.events.send(end);
    }

    pub fn listeners(&self) -> usize {
        self.0.listeners.load(Ordering::Relaxed)
    }

    /// What is told of `topics` last.
    pub(super) fn latest(&self, topics: &[Topic]) -> VecDeque<Event> {
        let state = self.state();
        topics.iter().filter_map(|topic| state.topics.get(topic)?.1.clone()).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The last event of a topic with what is true now; an older one as it was.
    fn as_it_is_now(&self, event: &Event) -> Event {
        let last = self.topics.get(&event.topic).and_then(|(_, last)| last.as_ref());
        last.filter(|last| last.id == event.id).unwrap_or(event).clone()
    }
}

impl Listener {
    pub(super) fn hub(&self) -> &Hub {
        &self.hub
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.hub.0.listeners.fetch_sub(1, Ordering::Relaxed);
        let mut state = self.hub.state();
        if let Some(network) = self.network
            && let Entry::Occupied(mut taken) = state.networks.entry(network)
        {
            *taken.get_mut() -= 1;
            if *taken.get() == 0 {
                taken.remove();
            }
        }
        for topic in &self.topics {
            if let Some((count, _)) = state.topics.get_mut(topic) {
                *count -= 1;
                if *count == 0 {
                    state.topics.remove(topic);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tell(hub: &Hub, text: &'static str) {
        hub.tell(&Topic::Orders, Bytes::from_static(text.as_bytes()), |last| last != text.as_bytes());
    }

    const SEATS: Seats = Seats { max: 5, max_of_one: 2 };

    fn missed(hub: &Hub, last: Option<u64>) -> Vec<(u64, Bytes)> {
        let listener = hub.listen(vec![Topic::Orders], last, None).expect("it is open");
        listener.missed.iter().map(|event| (event.id, event.data.clone())).collect()
    }

    #[test]
    fn only_news_is_told_and_who_comes_back_hears_what_was_missed() {
        let hub = Hub::new(100, SEATS);
        tell(&hub, "nobody listens");
        let first = hub.listen(vec![Topic::Orders], None, None).expect("it is open");
        assert!(first.missed.is_empty());
        for text in ["a", "a", "b", "c"] {
            tell(&hub, text);
        }
        assert_eq!(missed(&hub, Some(100)), [(101, "b".into()), (102, "c".into())]);
        assert_eq!(missed(&hub, Some(102)), []);
        assert_eq!(missed(&hub, None), [(102, "c".into())], "how things are now");
        assert_eq!(missed(&hub, Some(7)), [(102, "c".into())], "that long ago is not remembered");
        assert_eq!(missed(&hub, Some(u64::MAX)), [(102, "c".into())], "that was never told");
        hub.tell(&Topic::Orders, "c, later".into(), |_| false);
        assert_eq!(missed(&hub, Some(101)), [(102, "c, later".into())], "a countdown goes on without being news");
        assert_eq!(hub.listeners(), 1);
        drop(first);
        assert_eq!((hub.listeners(), hub.wanted().len()), (0, 0));
        hub.close();
        assert_eq!(hub.listen(vec![Topic::Orders], None, None).err(), Some(NoSeat::Full));
    }

    #[test]
    fn nobody_takes_the_seats_of_all_and_a_seat_is_given_back() {
        let hub = Hub::new(1, SEATS);
        let from = |address: &str| {
            let address = address.parse().expect("an address");
            hub.listen(vec![Topic::Orders], None, Some(NetworkId::of(address)))
        };
        let mut seated = vec![from("192.0.2.1").expect("a seat"), from("192.0.2.1").expect("a seat")];
        assert_eq!(from("192.0.2.1").err(), Some(NoSeat::TooMany { max: 2 }));
        seated.pop();
        seated.push(from("192.0.2.1").expect("one was given back"));
        seated.push(from("2001:db8::1").expect("another network"));
        seated.push(from("2001:db8::2").expect("the same network"));
        assert_eq!(from("2001:db8::3").err(), Some(NoSeat::TooMany { max: 2 }));
        seated.push(from("192.0.2.3").expect("the last seat"));
        assert_eq!(from("192.0.2.4").err(), Some(NoSeat::Full));
        drop(seated);
        assert_eq!((hub.listeners(), hub.state().networks.len()), (0, 0));
    }
}
