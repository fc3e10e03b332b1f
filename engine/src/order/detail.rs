//! What an order keeps in words: who gets it where, why it cost what it cost, and how it got there. Stored as JSON.

use serde::{Deserialize, Serialize};

use crate::pricing::Trace;

use super::contact::{Address, Contact};

/// Fixed when the order is placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderDetail {
    pub contact: Contact,
    pub address: Address,
    pub shipping_method: String,
    pub trace: Trace,
}

/// What later steps add.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<String>,
    /// Whether returned goods went back on the shelf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restocked: Option<bool>,
}
