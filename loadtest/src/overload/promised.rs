//! What must not be turned away however many want to buy: the orders that are there already. Some are paid, some are
//! cancelled, and some run out, all in the worst moment.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use hdrhistogram::Histogram;

use crate::http::{Connection, Request};
use crate::scenario::Stall;
use crate::shop::{Admin, Placed, Purchase};

/// Of each kind.
const EACH: u64 = 100;
const CONNECTIONS: usize = 8;
const TIMEOUT: Duration = Duration::from_secs(30);
/// How much later than due an order may expire.
const GRACE: Duration = Duration::from_secs(3);
const AGAIN: Duration = Duration::from_millis(100);

pub(super) struct Promised<'a> {
    admin: &'a Admin,
    stall: Stall,
    /// Confirmations and cancellations in turn.
    moves: Vec<Request>,
    begin: Instant,
    during: Duration,
    /// When the last of those that run out does so.
    expired_by: Instant,
}

/// How it was kept.
pub(super) struct Kept {
    moved_us: Histogram<u64>,
    /// Of the moves, those that were answered in any other way than that it was done.
    refused: Vec<String>,
    expired: u64,
}

impl<'a> Promised<'a> {
    /// Orders that are moved or run out from `warm_up` on, for so long as it is to be `lasting`.
    pub(super) async fn place(admin: &'a Admin, warm_up: Duration, lasting: Duration) -> anyhow::Result<Self> {
        let stall = Stall::with_plenty(admin).await?;
        let mut moves = Vec::new();
        // In the middle of it.
        let ttl = (warm_up + lasting / 2).as_secs().max(1);
        let target = &admin.client.target;
        for number in 0..EACH {
            let paid = place(admin, &stall, number * 3, None).await?;
            moves.push(admin.confirm(&paid));
            let unwanted = place(admin, &stall, number * 3 + 1, None).await?;
            moves.push(buyer(&stall, number * 3 + 1).cancel(target, &unwanted, &format!("{unwanted}-cancel")));
        }
        let placed_last = stream::iter(0..EACH)
            .map(|number| place(admin, &stall, number * 3 + 2, Some(ttl)))
            .buffered(CONNECTIONS)
            .try_fold(Instant::now(), |_, _| async { Ok(Instant::now()) })
            .await?;
        let expired_by = placed_last + Duration::from_secs(ttl);
        Ok(Self { admin, stall, moves, begin: Instant::now() + warm_up, during: lasting, expired_by })
    }

    /// Moves them evenly over the time, then looks whether the others have run out.
    pub(super) async fn keep(&self) -> anyhow::Result<Kept> {
        let answers: Vec<_> = stream::iter((0..).zip(&self.moves))
            .map(|(number, request)| async move {
                let planned = self.begin + self.during * number / u32::try_from(self.moves.len()).unwrap_or(u32::MAX);
                tokio::time::sleep_until(planned.into()).await;
                let mut connection = Connection::new(self.admin.client.target.clone(), TIMEOUT);
                let answer = connection.exchange(request).await;
                let told = String::from_utf8_lossy(connection.body()).into_owned();
                (planned.elapsed(), answer, told)
            })
            .buffer_unordered(self.moves.len())
            .collect()
            .await;
        let mut kept = Kept::nothing_yet();
        for (took, answer, told) in answers {
            kept.note(took, answer.map(|head| head.status).map_err(|fault| fault.name()), &told);
        }
        kept.expired = self.expired_in_time().await?;
        Ok(kept)
    }

    async fn expired_in_time(&self) -> anyhow::Result<u64> {
        loop {
            let mut expired = 0;
            let asked = Instant::now();
            self.admin
                .orders_of(&self.stall.goods.skus[0], |order| expired += u64::from(order.status == "expired"))
                .await?;
            if expired == EACH || asked > self.expired_by + GRACE {
                return Ok(expired);
            }
            tokio::time::sleep(AGAIN).await;
        }
    }
}

async fn place(admin: &Admin, stall: &Stall, visit: u64, hold_ttl_s: Option<u64>) -> anyhow::Result<String> {
    let items = stall.items(&stall.basket(visit));
    let mut purchase = Purchase::new(Some(&items), stall.sale.payment.name(), Some(&stall.total));
    purchase.hold_ttl_s = hold_ttl_s;
    let request = buyer(stall, visit).checkout(&admin.client.target, &stall.key(visit), &purchase);
    let reply = admin.client.ask(&request).await?.expect_success("an order")?;
    let placed: Placed<'_> = serde_json::from_slice(&reply.body).context("an order")?;
    ensure!(!placed.order_no.is_empty(), "an order without a number");
    Ok(placed.order_no.into_owned())
}

fn buyer(stall: &Stall, visit: u64) -> &crate::shop::Buyer {
    &stall.buyers[usize::try_from(visit).unwrap_or(0) % stall.buyers.len()]
}

impl Kept {
    fn nothing_yet() -> Self {
        let moved_us = Histogram::new(3).expect("three digits are within the histogram's range");
        Self { moved_us, refused: Vec::new(), expired: 0 }
    }

    /// How one that was to be moved was answered: with a status and what it said, or not at all.
    fn note(&mut self, took: Duration, answer: Result<u16, &str>, told: &str) {
        self.moved_us.record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX)).expect("it grows by itself");
        match answer {
            Ok(200) => {}
            Ok(status) => self.refused.push(format!("{status} {told}")),
            Err(fault) => self.refused.push(fault.to_owned()),
        }
    }

    pub(super) fn asked(&self) -> u64 {
        self.moved_us.len() + EACH
    }

    pub(super) fn broken(&self) -> u64 {
        self.refused.len() as u64 + (EACH - self.expired)
    }

    pub(super) fn p99_us(&self) -> u64 {
        self.moved_us.value_at_quantile(0.99)
    }

    pub(super) fn summary(&self) -> String {
        let moved = self.moved_us.len() - self.refused.len() as u64;
        let first =
            self.refused.first().map_or_else(String::new, |refused| format!("; the first that was not: {refused}"));
        format!("{moved} confirmed or cancelled, {} of {EACH} expired in time{first}", self.expired)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A_MOMENT: Duration = Duration::from_millis(2);

    fn kept(answers: &[(Result<u16, &str>, &str)], expired: u64) -> Kept {
        let mut kept = Kept { expired, ..Kept::nothing_yet() };
        answers.iter().for_each(|(answer, told)| kept.note(A_MOMENT, *answer, told));
        kept
    }

    #[test]
    fn whatever_was_promised_and_not_done_is_broken() {
        let all = kept(&[(Ok(200), "{}"), (Ok(200), "{}")], EACH);
        assert_eq!((all.asked(), all.broken(), all.p99_us()), (2 + EACH, 0, 2_000));
        assert_eq!(all.summary(), "2 confirmed or cancelled, 100 of 100 expired in time");

        let turned_away = kept(&[(Ok(200), "{}"), (Ok(503), "overloaded")], EACH);
        assert_eq!((turned_away.asked(), turned_away.broken()), (2 + EACH, 1));
        let summary = "1 confirmed or cancelled, 100 of 100 expired in time; the first that was not: 503 overloaded";
        assert_eq!(turned_away.summary(), summary);
        for other in [Ok(202), Ok(409), Err("timeout")] {
            assert_eq!(kept(&[(other, ""), (Ok(200), "{}")], EACH).broken(), 1, "{other:?}");
        }
        assert_eq!(kept(&[], EACH - 7).broken(), 7, "they hold what others want");
    }
}
