//! SQL of arrivals. One at a time for an account: its row is locked while it is decided about.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use engine::clock::Timestamp;
use engine::id::{AccountId, SessionId, StoreId};

use super::rule::{Bearer, Verdict, decide};
use crate::access::Role;
use crate::account::{self, Draft};
use crate::notification::Recipient;
use crate::one_time;
use crate::reach::Email;
use crate::session::{self, EndReason};

/// Somebody with a proof that an address is theirs.
pub(crate) struct Arrival<'a> {
    pub(crate) store: StoreId,
    pub(crate) address: &'a Recipient,
    /// The account's, if one has to be made.
    pub(crate) fresh: AccountId,
    pub(crate) now: Timestamp,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entered {
    /// `ended`: sessions of whoever had it before.
    In {
        account: AccountId,
        is_new: bool,
        ended: Vec<SessionId>,
    },
    Blocked,
}

#[derive(QueryableByName)]
struct BearerRow {
    #[diesel(sql_type = Uuid)]
    id: AccountId,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    email_verified_at: Option<Timestamp>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    phone_verified_at: Option<Timestamp>,
    #[diesel(sql_type = Bool)]
    known_elsewhere: bool,
}

/// In a transaction of the caller's, which ends without a change when somebody else makes the same account meanwhile: then
/// it is done once more.
pub(crate) async fn arrive_in_op(connection: &mut AsyncPgConnection, arrival: &Arrival<'_>) -> QueryResult<Entered> {
    let bearer = bearer(connection, arrival.store, arrival.address).await?;
    match decide(bearer) {
        Verdict::Enter(account) => Ok(Entered::In { account, is_new: false, ended: Vec::new() }),
        Verdict::Blocked => Ok(Entered::Blocked),
        Verdict::Claim(account) => {
            let ended = claim(connection, account, arrival).await?;
            Ok(Entered::In { account, is_new: false, ended })
        }
        Verdict::Detach(stranger) => {
            detach(connection, stranger, arrival).await?;
            make(connection, arrival).await
        }
        Verdict::Make => make(connection, arrival).await,
    }
}

/// Somebody else made the very same account at the same moment: nothing is done, and it is decided anew.
const OVERTAKEN: diesel::result::Error = diesel::result::Error::RollbackTransaction;

pub(crate) fn was_overtaken(error: &diesel::result::Error) -> bool {
    *error == OVERTAKEN
}

async fn bearer(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    address: &Recipient,
) -> QueryResult<Option<Bearer>> {
    let (column, key) = match address {
        Recipient::Email(email) => ("email_key", email.key()),
        Recipient::Phone(phone) => ("phone", phone.as_str()),
    };
    let query = format!(
        "select id, status, email_verified_at, phone_verified_at,
                exists (select from external_identities e where e.account_id = a.id) as known_elsewhere
         from accounts a where store_id = $1 and {column} = $2 for no key update"
    );
    let row: Option<BearerRow> =
        diesel::sql_query(query).bind::<Uuid, _>(store).bind::<Text, _>(key).get_result(connection).await.optional()?;
    Ok(row.map(|row| {
        let (this, other) = match address {
            Recipient::Email(_) => (row.email_verified_at, row.phone_verified_at),
            Recipient::Phone(_) => (row.phone_verified_at, row.email_verified_at),
        };
        Bearer {
            account: row.id,
            is_active: row.status == "active",
            proved: this.is_some(),
            proved_otherwise: other.is_some() || row.known_elsewhere,
        }
    }))
}

async fn make(connection: &mut AsyncPgConnection, arrival: &Arrival<'_>) -> QueryResult<Entered> {
    let Arrival { store, address, fresh, now } = *arrival;
    let draft = match address.clone() {
        Recipient::Email(email) => {
            Draft { email: Some(email), email_is_verified: true, ..Draft::of(store, Role::Customer) }
        }
        Recipient::Phone(phone) => {
            Draft { phone: Some(phone), phone_is_verified: true, ..Draft::of(store, Role::Customer) }
        }
    };
    if !account::store::insert(connection, fresh, &draft, now).await? {
        return Err(OVERTAKEN);
    }
    Ok(Entered::In { account: fresh, is_new: true, ended: Vec::new() })
}

/// Everything by which its maker could still get in goes: what they know, what they hold, where they are signed in, and what
/// was sent to another address of theirs, which nobody has proved either.
async fn claim(
    connection: &mut AsyncPgConnection,
    account: AccountId,
    arrival: &Arrival<'_>,
) -> QueryResult<Vec<SessionId>> {
    let columns = match arrival.address {
        Recipient::Email(_) => "email_verified_at = $2, phone = null",
        Recipient::Phone(_) => "phone_verified_at = $2, email = null, email_key = null",
    };
    let claim = format!(
        "update accounts set {columns}, password_hash = null, secured_at = $2, version = version + 1, updated_at = $2
         where id = $1"
    );
    diesel::sql_query(claim).bind::<Uuid, _>(account).bind::<Timestamptz, _>(arrival.now).execute(connection).await?;
    diesel::sql_query("delete from second_factors where account_id = $1")
        .bind::<Uuid, _>(account)
        .execute(connection)
        .await?;
    one_time::store::use_up(connection, account, &one_time::OPENING, arrival.now).await?;
    session::store::end_all(connection, arrival.store, account, None, EndReason::Revoked, arrival.now).await
}

/// Takes an address that somebody proves as the new one of `account` off whoever wrote it down before and never proved it.
pub(crate) async fn take_over_in_op(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    email: &Email,
    account: AccountId,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::sql_query(
        "update accounts set email = null, email_key = null, version = version + 1, updated_at = $4
         where store_id = $1 and email_key = $2 and email_verified_at is null and id <> $3",
    )
    .bind::<Uuid, _>(store)
    .bind::<Text, _>(email.key())
    .bind::<Uuid, _>(account)
    .bind::<Timestamptz, _>(now)
    .execute(connection)
    .await?;
    Ok(())
}

async fn detach(connection: &mut AsyncPgConnection, stranger: AccountId, arrival: &Arrival<'_>) -> QueryResult<()> {
    let columns = match arrival.address {
        Recipient::Email(_) => "email = null, email_key = null",
        Recipient::Phone(_) => "phone = null",
    };
    let detach = format!("update accounts set {columns}, version = version + 1, updated_at = $2 where id = $1");
    diesel::sql_query(detach).bind::<Uuid, _>(stranger).bind::<Timestamptz, _>(arrival.now).execute(connection).await?;
    Ok(())
}
