//! Some of those who have an order send its checkout once more, with the same key. What they are told goes into the history:
//! it must be what they were told before.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use rand::SeedableRng;
use rand::rngs::SmallRng;

use super::claim::Claim;
use crate::agent::Agent;
use crate::measure::Operation;
use crate::patience::Patience;
use crate::scenario::FlashSale;

const CONNECTIONS: usize = 16;
const REPEATED: usize = 200;

pub(crate) async fn repeat_some(sale: &FlashSale, claims: &[Option<Claim>]) {
    // Where carts go from visit to visit, nobody knows any more who bought which.
    if sale.cart_per_agent {
        return;
    }
    let acknowledged = |claim: &Option<Claim>| matches!(claim, Some(Claim::Acknowledged(_)));
    let visits: Vec<u64> = (0..).zip(claims).filter(|(_, claim)| acknowledged(claim)).map(|(visit, _)| visit).collect();
    // Spread over the run, not its beginning.
    let step = (visits.len() / REPEATED).max(1);
    stream::iter(visits.into_iter().step_by(step).take(REPEATED))
        .for_each_concurrent(CONNECTIONS, |visit| async move {
            let dice = SmallRng::seed_from_u64(visit);
            let timeout = Duration::from_secs(10);
            let mut agent = Agent::unmeasured(sale.target.clone(), timeout, Patience::DEFAULT, dice);
            let answer =
                agent.ask(Operation::Checkout, &sale.checkout(visit, sale.buyer_of(visit)), Instant::now()).await;
            sale.stall.record_checkout(visit, agent.span(), answer, agent.body());
        })
        .await;
}
