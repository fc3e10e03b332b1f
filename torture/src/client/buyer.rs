//! The guests that the clients share: several of them act for one guest, and race for what it may have.

use std::sync::Mutex;

use rand::RngExt;
use rand::rngs::SmallRng;

/// Tokens of guests.
pub(super) struct Buyers(Mutex<Vec<String>>);

impl Buyers {
    pub(super) fn new(tokens: Vec<String>) -> Self {
        Self(Mutex::new(tokens))
    }

    pub(super) fn one_of(&self, dice: &mut SmallRng) -> String {
        let tokens = self.0.lock().expect("nobody panics while holding it");
        tokens[dice.random_range(0..tokens.len())].clone()
    }

    /// A new guest, who has bought nothing yet, in the place of one who has.
    pub(super) fn replace(&self, dice: &mut SmallRng, token: String) {
        let mut tokens = self.0.lock().expect("nobody panics while holding it");
        let place = dice.random_range(0..tokens.len());
        tokens[place] = token;
    }
}
