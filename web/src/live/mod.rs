//! What happens now, told to whoever listens: the stock of a sale, the state of an order, how many orders there are.
//!
//! One task looks at what somebody listens to, twice a second, and tells what has changed. Listeners cost it nothing: it
//! looks at each topic once, however many listen. Every event has a number; whoever comes back with the last one they saw
//! is told what they missed, as far as it is remembered, and else how things are now.

mod feed;
mod hub;
mod rate;
mod topic;

pub use feed::{Feed, stream};
pub use hub::{Event, Hub, Listener, NoSeat, Seats};
pub use rate::OrderRate;
pub use topic::Topic;
