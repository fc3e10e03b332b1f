//! Reads carts as their actors wake: many at once are one query, for a sale wakes thousands in a second.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::clock::{Clock, Timestamp};
use crate::runtime::Runtime;

use super::cart::{Contents, Owner};
use super::rows::CartRows;

#[derive(Clone)]
pub(super) struct Loader {
    inbox: mpsc::UnboundedSender<Want>,
}

struct Want {
    owner: Owner,
    reply: oneshot::Sender<Result<Contents, Unreadable>>,
}

#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
struct Unreadable(Arc<str>);

const AT_ONCE_MAX: usize = 1000;

impl Loader {
    pub(super) fn start(runtime: &Runtime, rows: Arc<dyn CartRows>, clock: Arc<dyn Clock>) -> Self {
        let (sender, inbox) = mpsc::unbounded_channel();
        runtime.spawn(run(rows, clock, inbox));
        Self { inbox: sender }
    }

    /// The cart of `owner`; an empty one if there is none yet. The queue is bounded by how many actors may wake.
    pub(super) async fn load(&self, owner: Owner) -> anyhow::Result<Contents> {
        let (reply, answer) = oneshot::channel();
        self.inbox.send(Want { owner, reply })?;
        Ok(answer.await??)
    }
}

async fn run(rows: Arc<dyn CartRows>, clock: Arc<dyn Clock>, mut inbox: mpsc::UnboundedReceiver<Want>) {
    while let Some(first) = inbox.recv().await {
        let mut wants = vec![first];
        while wants.len() < AT_ONCE_MAX {
            let Ok(next) = inbox.try_recv() else { break };
            wants.push(next);
        }
        let ids: Vec<_> = wants.iter().map(|want| want.owner.cart()).collect();
        match rows.load(ids).await {
            Ok(carts) => answer(wants, carts, clock.now()),
            Err(error) => {
                let unreadable = Unreadable(error.to_string().into());
                for want in wants {
                    // Whoever went away does not care.
                    let _ = want.reply.send(Err(unreadable.clone()));
                }
            }
        }
    }
}

fn answer(wants: Vec<Want>, carts: Vec<Contents>, now: Timestamp) {
    let mut by_principal: HashMap<_, _> = carts.into_iter().map(|cart| (cart.owner.principal, cart)).collect();
    for want in wants {
        let contents = match by_principal.remove(&want.owner.principal) {
            Some(contents) if contents.owner == want.owner => Ok(contents),
            Some(_) => Err(Unreadable("it belongs to another store".into())),
            None => Ok(Contents::empty(want.owner, now)),
        };
        // Whoever went away does not care.
        let _ = want.reply.send(contents);
    }
}
