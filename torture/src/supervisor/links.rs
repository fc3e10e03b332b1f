//! Bad links between the server and its database.

use std::ops::RangeInclusive;
use std::time::Duration;

use rand::RngExt;
use testdb::Link;
use tokio::time::sleep;

use super::Supervisor;

impl Supervisor {
    /// All connections of the server at this moment.
    pub(super) fn cut(&self) {
        self.places[self.current].proxy.cut();
    }

    /// A bad link for so many milliseconds.
    pub(super) async fn spoil(&mut self, link: Link, ms: RangeInclusive<u64>) {
        let lasts = self.some_ms(ms);
        let _spell = self.places[self.current].proxy.for_now(link);
        sleep(lasts).await;
    }

    pub(super) fn some_ms(&mut self, ms: RangeInclusive<u64>) -> Duration {
        Duration::from_millis(self.dice.random_range(ms))
    }
}
