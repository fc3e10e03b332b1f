//! An admin: goods that come and go, and shelves that are counted, while people buy.

use std::time::Duration;

use engine::id::{LocationId, PrincipalId, StoreId};
use engine::idempotency::Call;
use engine::inventory::{self, AccountId, Command, StockChange};
use sha2::{Digest, Sha256};

use crate::cluster::Cluster;
use crate::goods;
use crate::history::{History, What};
use crate::people::{Habits, principal};
use crate::postgres::Postgres;
use crate::world;

/// Deliveries, corrections, counts and transfers, each under a key that is repeated until it is told.
pub(crate) async fn keep_shelves(cluster: Cluster, postgres: Postgres, history: History, habits: Habits, turns: u64) {
    let principal = principal(900);
    for turn in 0..turns {
        world::pause_up_to(habits.rest * 3).await;
        let kind = world::random(|random| random.below(goods::KINDS as u64) as usize);
        let kind = if habits.rushed { 0 } else { kind };
        let command = a_change(habits.rushed);
        let key = format!("s-{turn}");
        let asked = world::now();
        let told = change_stock(&cluster, principal, kind, &command, &key, habits.tries).await;
        let took = world::now() - asked;
        let long = if habits.rushed { Duration::from_millis(600) } else { Duration::from_secs(4) };
        if habits.calm && took > long {
            let why = format!("{key} ({command:?}) took {took:?} on a calm day");
            history.add(asked, world::now(), What::Fault { why });
        }
        match told {
            Some(Ok(changed)) => {
                let account = AccountId { variant: goods::variant(kind), location: command.location() };
                history.add(asked, world::now(), What::Stock { key, account, kind: kind_of(&command), changed });
            }
            Some(Err(inventory::Error::Incident { .. })) if habits.panics => {}
            Some(Err(why @ (inventory::Error::Incident { .. } | inventory::Error::KeyReused))) => {
                history.add(asked, world::now(), What::Fault { why: format!("{key} was told \"{why}\"") });
            }
            Some(Err(_)) => postgres.saw("change of stock refused"),
            None => postgres.saw("change of stock without answer"),
        }
    }
}

fn kind_of(command: &Command) -> &'static str {
    match command {
        Command::Adjust { received: true, .. } => "receive",
        Command::Adjust { .. } => "adjust",
        Command::Set { .. } => "set",
        Command::Transfer { .. } => "transfer_out",
        Command::Hold(_)
        | Command::Confirm(_)
        | Command::Release(..)
        | Command::Expire(_)
        | Command::Extend(..)
        | Command::Return(_) => unreachable!("no change of a shelf"),
    }
}

fn a_change(is_plenty: bool) -> Command {
    let (choice, amount) = world::random(|random| (random.below(8), random.within(1, 4)));
    let choice = if is_plenty { 5 } else { choice };
    let adjust = |delta, received| Command::Adjust {
        location: LocationId::MAIN,
        delta,
        reason: "by hand".to_owned(),
        reference: None,
        received,
    };
    match choice {
        0..=2 => adjust(amount, true),
        3 | 4 => adjust(-amount, false),
        5 | 6 => Command::Set {
            location: LocationId::MAIN,
            on_hand: if is_plenty { goods::PLENTY } else { amount * 3 },
            safety: None,
            count_version: None,
            reference: None,
        },
        _ => Command::Transfer { from: LocationId::MAIN, to: goods::elsewhere(), quantity: amount, reference: None },
    }
}

/// Until it is told, or tired of asking.
pub(crate) async fn change_stock(
    cluster: &Cluster,
    principal: PrincipalId,
    kind: usize,
    command: &Command,
    key: &str,
    tries: u32,
) -> Option<Result<inventory::Changed, inventory::Error>> {
    let call = Call {
        store: StoreId::MAIN,
        principal,
        route: "POST /admin/stock",
        key: key.to_owned(),
        fingerprint: Sha256::digest(format!("{kind} {command:?}").as_bytes()).into(),
    };
    for _ in 0..tries {
        let (call, change) = (call.clone(), StockChange { variant: goods::variant(kind), command: command.clone() });
        let answer = cluster
            .ask(move |sale| {
                let (call, change) = (call.clone(), change.clone());
                Box::pin(async move { sale.stockroom.change(change, Some(call)).await })
            })
            .await;
        match answer {
            Some(Ok(changed)) => return Some(Ok(changed)),
            Some(Err(
                why @ (inventory::Error::Refused(_) | inventory::Error::Incident { .. } | inventory::Error::KeyReused),
            )) => {
                return Some(Err(why));
            }
            Some(Err(_)) | None => {
                let longest = if world::one_in(2) { Duration::from_millis(20) } else { Duration::from_secs(1) };
                world::pause_up_to(longest).await;
            }
        }
    }
    None
}
