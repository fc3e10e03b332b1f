//! Those who buy, cancel, confirm and restock while everything dies around them, and write down what they were told.

mod act;
mod answer;
mod buyer;
mod crowd;
mod regular;
mod shop;
mod till;
mod wire;
mod worker;

pub(crate) use crowd::{Crowd, Gathered};
pub(crate) use shop::{HOLD_TTL_S, hand_out_key, search_catches_up, set_up};
pub(crate) use till::Answer;
pub(crate) use wire::{Ask, Wire};
