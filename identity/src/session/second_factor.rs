//! SQL of what a session knows of second factors: whether one was shown in it. Access tokens learn it at the next refresh.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use engine::id::{AccountId, SessionId};

use crate::schema::sessions;

/// The session in which a factor is enrolled has shown it.
pub(crate) async fn shown_second_factor_in_op(
    connection: &mut AsyncPgConnection,
    session: SessionId,
) -> QueryResult<()> {
    let shown = diesel::update(sessions::table.find(session)).set(sessions::second_factor.eq(true));
    shown.execute(connection).await?;
    Ok(())
}

/// What was shown is worth nothing any more.
pub(crate) async fn forget_second_factor_in_op(
    connection: &mut AsyncPgConnection,
    account: AccountId,
) -> QueryResult<()> {
    let live = sessions::table.filter(sessions::account_id.eq(account).and(sessions::ended_at.is_null()));
    diesel::update(live).set(sessions::second_factor.eq(false)).execute(connection).await?;
    Ok(())
}
