//! The guests that the clients share: several of them act for one guest, and race for what it may have.

use std::sync::Mutex;

use rand::RngExt;
use rand::rngs::SmallRng;
use serde_json::Value;
use uuid::Uuid;

use super::answer;

/// Who a session made up.
#[derive(Clone)]
pub(crate) struct Guest {
    pub(crate) principal: Uuid,
    pub(crate) token: String,
}

pub(super) struct Buyers(Mutex<Vec<Guest>>);

impl Guest {
    pub(super) fn read(session: &Value) -> Option<Self> {
        let token = session["token"].as_str()?.to_owned();
        Some(Self { principal: answer::id(session["principal"].as_str()?)?, token })
    }
}

impl Buyers {
    pub(super) fn new(guests: Vec<Guest>) -> Self {
        Self(Mutex::new(guests))
    }

    pub(super) fn one_of(&self, dice: &mut SmallRng) -> Guest {
        let guests = self.0.lock().expect("nobody panics while holding it");
        guests[dice.random_range(0..guests.len())].clone()
    }

    /// A new guest, who has bought nothing yet, in the place of one who has.
    pub(super) fn replace(&self, dice: &mut SmallRng, guest: Guest) {
        let mut guests = self.0.lock().expect("nobody panics while holding it");
        let place = dice.random_range(0..guests.len());
        guests[place] = guest;
    }
}
