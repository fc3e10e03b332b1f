//! Tells the indexes of all servers that products are to be written again, though nobody changed them.

use std::collections::BTreeMap;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde_json::json;

use crate::id::{ProductId, StoreId};
use crate::outbox;

use super::changes::SIGNALS;

/// In the transaction that moved them.
pub(super) async fn publish(
    connection: &mut AsyncPgConnection,
    moved: impl IntoIterator<Item = (StoreId, ProductId)>,
) -> QueryResult<()> {
    let mut by_store = BTreeMap::<StoreId, Vec<ProductId>>::new();
    for (store, product) in moved {
        by_store.entry(store).or_default().push(product);
    }
    for (store, products) in by_store {
        outbox::publish_in_op(connection, store, SIGNALS, &json!({ "products": products })).await?;
    }
    Ok(())
}
