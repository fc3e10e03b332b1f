//! How soon a search finds what was changed: products get titles with a word that nothing else has, and somebody who
//! looks for it asks again and again. That nothing was found is kept by the shop for a moment, like any list; what this
//! adds is in the figures, as it is in what a shopper sees.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use hdrhistogram::Histogram;
use tokio::time::MissedTickBehavior;

use crate::http::{Connection, Request};
use crate::shop::{Admin, listed_titles, search_for};

/// Changes a second.
const CHANGES: u32 = 5;
const AGAIN: Duration = Duration::from_millis(20);
/// Then nobody looks for it any more.
const GIVEN_UP: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(30);

/// How soon the changes were found.
pub(super) struct Freshness {
    /// From the answer to the change; of those that never were, when they were given up.
    found_us: Histogram<u64>,
    unfound: u64,
    /// How else the shop answered to changes: nothing was to be found then.
    refused: Vec<String>,
}

enum Change {
    Found(Duration),
    Unfound,
    Refused(String),
}

/// Changes titles from `begin` on, evenly, for as long as it is `lasting`. Each change is of the next product: none is
/// renamed again while its word is looked for.
pub(super) async fn measure<'a>(
    admin: &Admin,
    products: &mut impl Iterator<Item = &'a String>,
    begin: Instant,
    lasting: Duration,
) -> Freshness {
    let count = u32::try_from(lasting.as_millis() * u128::from(CHANGES) / 1_000).unwrap_or(u32::MAX);
    let changed: Vec<&String> = products.take(count as usize).collect();
    let mut changes = stream::iter((0..).zip(&changed))
        .map(|(number, product)| async move {
            tokio::time::sleep_until((begin + Duration::from_secs(1) * number / CHANGES).into()).await;
            change(admin, product).await
        })
        .buffer_unordered(changed.len().max(1));
    let mut freshness = Freshness::unknown();
    while let Some(change) = changes.next().await {
        freshness.note(change);
    }
    freshness
}

async fn change(admin: &Admin, product: &str) -> Change {
    let word = unheard_of();
    let target = &admin.client.target;
    let mut connection = Connection::new(target.clone(), TIMEOUT);
    match connection.exchange(&admin.change_title(product, &format!("Renamed {word}"))).await {
        Ok(head) if head.status == 200 => look_for(&word, &search_for(target, &word), connection).await,
        Ok(head) => Change::Refused(format!("{} {}", head.status, String::from_utf8_lossy(connection.body()))),
        Err(fault) => Change::Refused(fault.name().to_owned()),
    }
}

async fn look_for(word: &str, search: &Request, mut connection: Connection) -> Change {
    let changed = Instant::now();
    let mut again = tokio::time::interval(AGAIN);
    again.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while changed.elapsed() < GIVEN_UP {
        again.tick().await;
        let answered = connection.exchange(search).await;
        // A word that is not known yet finds what is like it.
        if matches!(answered, Ok(head) if head.status == 200)
            && listed_titles(connection.body()).iter().any(|title| title.contains(word))
        {
            return Change::Found(changed.elapsed());
        }
    }
    Change::Unfound
}

/// Twelve letters by chance, never digits: what looks like a code is looked for in another way.
fn unheard_of() -> String {
    let letter = |nibble: u8| char::from(b'a' + nibble % 16);
    uuid::Uuid::new_v4().as_bytes()[..6].iter().flat_map(|byte| [letter(byte >> 4), letter(*byte)]).collect()
}

impl Freshness {
    fn unknown() -> Self {
        let found_us = Histogram::new(3).expect("three digits are within the histogram's range");
        Self { found_us, unfound: 0, refused: Vec::new() }
    }

    fn note(&mut self, change: Change) {
        let after = match change {
            Change::Found(after) => after,
            Change::Unfound => {
                self.unfound += 1;
                GIVEN_UP
            }
            Change::Refused(answer) => return self.refused.push(answer),
        };
        self.found_us.record(u64::try_from(after.as_micros()).unwrap_or(u64::MAX)).expect("it grows by itself");
    }

    pub(super) fn changed(&self) -> u64 {
        self.found_us.len()
    }

    pub(super) fn unfound(&self) -> u64 {
        self.unfound
    }

    pub(super) fn quantile_us(&self, quantile: f64) -> u64 {
        self.found_us.value_at_quantile(quantile)
    }

    pub(super) fn summary(&self) -> String {
        let changed = self.changed();
        let first =
            self.refused.first().map_or_else(String::new, |refused| format!("; the first that was not: {refused}"));
        let asked = changed + self.refused.len() as u64;
        format!("{changed} of {asked} products changed, {} of them found{first}", changed - self.unfound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_never_found_counts_as_late_and_what_was_refused_not_at_all() {
        let mut freshness = Freshness::unknown();
        freshness.note(Change::Found(Duration::from_millis(2)));
        freshness.note(Change::Unfound);
        freshness.note(Change::Refused("503 overloaded".to_owned()));
        assert_eq!((freshness.changed(), freshness.unfound()), (2, 1));
        assert_eq!(freshness.quantile_us(0.5), 2_000);
        assert!(freshness.quantile_us(0.99) >= 10_000_000);
        let summary = "2 of 3 products changed, 1 of them found; the first that was not: 503 overloaded";
        assert_eq!(freshness.summary(), summary);
    }

    #[test]
    fn words_are_new_and_of_letters_alone() {
        let (one, other) = (unheard_of(), unheard_of());
        assert_ne!(one, other);
        assert!(one.len() == 12 && one.bytes().all(|letter| letter.is_ascii_lowercase()), "{one}");
    }
}
