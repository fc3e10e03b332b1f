//! All that is known of a customer beside their account and their orders, for whoever asks what that is.

use engine::id::{AccountId, StoreId};

use super::address::{self, Address};
use super::error::Error;
use super::handle::Customers;
use super::viewed::{self, Viewed};
use super::wishlist::{self, Wish};
use crate::notification::{self, Sent};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub addresses: Vec<Address>,
    pub wishes: Vec<Wish>,
    pub viewed: Vec<Viewed>,
    /// The newest first. What they said is gone.
    pub messages: Vec<Sent>,
}

const MESSAGES_MAX: i64 = 1_000;

impl Customers {
    pub async fn known(&self, store: StoreId, account: AccountId) -> Result<Known, Error> {
        let read = self.database().run(move |mut connection| async move {
            Ok::<_, Error>(Known {
                addresses: address::store::list(&mut connection, store, account).await?,
                wishes: wishlist::list(&mut connection, store, account).await?,
                viewed: viewed::list(&mut connection, store, account).await?,
                messages: notification::store::of_account(&mut connection, account, MESSAGES_MAX).await?,
            })
        });
        read.await
    }
}
