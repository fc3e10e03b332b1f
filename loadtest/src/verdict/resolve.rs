//! Shoppers who left without an answer come back with the same key. Whatever they are told now is their answer.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use rand::SeedableRng;
use rand::rngs::SmallRng;

use super::claim::Claim;
use crate::agent::Agent;
use crate::measure::Operation;
use crate::patience::Patience;
use crate::scenario::{FlashSale, Notes, claim_of};

const CONNECTIONS: usize = 16;

/// Answers how many were unknown.
pub(crate) async fn resolve(
    sale: &FlashSale,
    claims: &mut [Option<Claim>],
    notes: &RefCell<Notes>,
    patience: Patience,
) -> usize {
    let unknown: Vec<(u64, usize)> = (0..)
        .zip(claims.iter())
        .filter_map(|(visit, claim)| match claim {
            Some(Claim::Unknown { buyer }) => Some((visit, *buyer)),
            Some(Claim::Acknowledged(_) | Claim::Refused | Claim::Unreadable) | None => None,
        })
        .collect();
    let answers: Vec<(u64, Claim)> = stream::iter(&unknown)
        .map(|&(visit, buyer)| async move {
            let dice = SmallRng::seed_from_u64(visit);
            let mut agent = Agent::unmeasured(sale.target.clone(), Duration::from_secs(10), patience, dice);
            let answer = agent.ask(Operation::Checkout, &sale.checkout(visit, buyer), Instant::now()).await;
            sale.stall.record_checkout(visit, agent.span(), answer, agent.body());
            let claim = claim_of(answer, agent.body(), buyer);
            if let Claim::Refused = claim {
                notes.borrow_mut().refusal(&sale.stall, visit, agent.body());
            }
            (visit, claim)
        })
        .buffer_unordered(CONNECTIONS)
        .collect()
        .await;
    for (visit, claim) in answers {
        if let Some(slot) = usize::try_from(visit).ok().and_then(|visit| claims.get_mut(visit)) {
            *slot = Some(claim);
        }
    }
    unknown.len()
}
