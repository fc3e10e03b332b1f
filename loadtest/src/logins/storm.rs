//! People who log in when they meant to, ask once, and come back another day when they are sent away.

use std::cell::RefCell;
use std::time::Duration;

use crate::agent::Agent;
use crate::http::{Request, Target};
use crate::measure::Operation;
use crate::rush::{Scenario, Visit};
use crate::shop::Account;

pub(super) struct Storm {
    /// Each account's login, written out.
    forms: Vec<Request>,
}

/// How many could not be sent in time.
#[derive(Default)]
pub(super) struct Unsent(pub(super) u64);

/// Who could not be sent by then is not sent: this program has not kept up, and must not make up for it later.
const TOO_LATE: Duration = Duration::from_millis(10);

impl Storm {
    pub(super) fn new(accounts: &[Account], target: &Target) -> Self {
        Self { forms: accounts.iter().map(|account| account.login(target)).collect() }
    }
}

impl Scenario for Storm {
    type Notes = Unsent;

    async fn visit(&self, visit: Visit, agent: &mut Agent, notes: &RefCell<Unsent>) {
        if visit.planned.elapsed() > TOO_LATE {
            notes.borrow_mut().0 += 1;
            return;
        }
        let who = usize::try_from(visit.number).unwrap_or(0) % self.forms.len();
        agent.ask_once(Operation::Login, &self.forms[who], visit.planned).await;
    }
}
