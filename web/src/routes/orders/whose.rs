//! Whose orders they are: one's own, and those of a guest that an account has claimed.

use engine::desk;
use engine::id::{OrderId, PrincipalId};
use engine::order::{OrderSnapshot, store};
use engine::postgres::DatabaseError;

use crate::error::ApiError;
use crate::extract::{Customer, Principal};
use crate::state::State;

/// The newest first, older than `before`.
pub(crate) async fn of_customer(
    state: &State,
    customer: Customer,
    before: Option<OrderId>,
    limit: i64,
) -> Result<Vec<OrderSnapshot>, ApiError> {
    let asker = Principal { id: customer.account.principal(), store: customer.store, account: Some(customer.account) };
    of(state, asker, before, limit).await
}

/// The newest first, older than `before`.
pub(super) async fn of(
    state: &State,
    asker: Principal,
    before: Option<OrderId>,
    limit: i64,
) -> Result<Vec<OrderSnapshot>, ApiError> {
    let claimed = match asker.account {
        Some(account) => state.identity.customers().claimed(asker.store, account, before, limit).await?,
        None => Vec::new(),
    };
    let read = state.engine.database().run(move |mut connection| async move {
        let own = store::of_principal(&mut connection, asker.store, asker.id, before, limit).await?;
        let claimed = store::by_ids(&mut connection, asker.store, &claimed).await?;
        Ok::<_, DatabaseError>((own, claimed))
    });
    let (mut orders, claimed) = read.await?;
    orders.extend(claimed);
    // An order has a guest for its buyer, or an account: none is in both.
    orders.sort_unstable_by_key(|order| std::cmp::Reverse(order.id));
    orders.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(orders)
}

/// That it is theirs. Another's is not found.
pub(super) async fn assure(state: &State, asker: Principal, order: &OrderSnapshot) -> Result<(), ApiError> {
    if order.principal_id == asker.id || is_claimed(state, asker, order).await? {
        return Ok(());
    }
    Err(desk::Error::NotFound.into())
}

/// As whom they ask for it to be moved: as its buyer, if they claimed it. A guest's is not looked at beforehand.
pub(super) async fn who_moves(state: &State, asker: Principal, order: desk::Order) -> Result<PrincipalId, ApiError> {
    if asker.account.is_none() {
        return Ok(asker.id);
    }
    let order = state.engine.find_order(order).await?;
    Ok(if is_claimed(state, asker, &order).await? { order.principal_id } else { asker.id })
}

async fn is_claimed(state: &State, asker: Principal, order: &OrderSnapshot) -> Result<bool, ApiError> {
    match asker.account {
        Some(account) if order.principal_id != asker.id => {
            Ok(state.identity.customers().has_claimed(asker.store, account, order.id).await?)
        }
        Some(_) | None => Ok(false),
    }
}
