//! What changing stock takes, whichever way: the SKU and a key. No `If-Match`: the books move with every hold, and a delivery
//! would never be entered during a sale; the key makes it happen once, and a count has a version of its own.

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use engine::catalog::Sku;
use engine::id::LocationId;
use engine::idempotency::Call;
use engine::inventory::{Command, Error, StockChange, Stockroom};
use sha2::{Digest, Sha256};

use super::view::{StockView, offer};
use crate::error::{ApiError, Code, FieldError};
use crate::extract::needs::StockWrite;
use crate::extract::{IdempotencyKey, Query, Refuses, Segment, Staff, note};
use crate::state::State;

/// More than that in one change is a slip of the keyboard.
pub(super) const UNITS_MAX: i64 = 1_000_000_000;

/// So many units, as the description promises to take them.
pub(super) fn units(pointer: &str, units: i64, least: i64) -> Result<i64, ApiError> {
    if (least..=UNITS_MAX).contains(&units) {
        return Ok(units);
    }
    let detail = format!("{least} to {UNITS_MAX}, not {units}");
    Err(ApiError::validation(vec![FieldError::new(pointer, "out_of_range", detail)]))
}

/// Somebody of the staff changes the stock of a SKU.
pub(super) struct Change {
    staff: Staff<StockWrite>,
    sku: Sku,
    key: String,
    state: Data<State>,
}

impl Change {
    /// On behalf of whoever asks: the audit trail says so.
    fn stockroom(&self) -> Stockroom {
        self.state.engine.stockroom().on_behalf_of(self.staff.actor())
    }

    /// The location with this code; without one, the default.
    pub(super) async fn location(&self, pointer: &str, code: Option<String>) -> Result<LocationId, ApiError> {
        let code = note(pointer, code)?;
        match self.stockroom().location(self.staff.store, code).await {
            Err(Error::UnknownLocation) => {
                let unknown = FieldError::new(pointer, "unknown", "there is no location with this code");
                Err(ApiError::validation(vec![unknown]))
            }
            found => Ok(found?),
        }
    }

    pub(super) async fn make(
        &self,
        route: &'static str,
        raw: &[u8],
        command: Command,
    ) -> Result<HttpResponse, ApiError> {
        let variant = offer(&self.state, self.staff.store, &self.sku).await?.variant_id;
        let call = Call {
            store: self.staff.store,
            principal: self.staff.principal(),
            route,
            key: self.key.clone(),
            // The same key for another SKU is another request.
            fingerprint: Sha256::new().chain_update(self.sku.as_str()).chain_update(raw).finalize().into(),
        };
        let touched = touched(&command);
        let change = StockChange { variant, command };
        let made = self.stockroom().change(change, Some(call)).await;
        let changed = made.map_err(|error| self.refused(error, touched[0]))?;
        // It is done: that the books cannot be read now must not sound as if it were not.
        let books = StockView::read(&self.state, &self.sku, variant).await.map_err(|_| ApiError::outcome_unknown())?;
        Ok(books.after(changed, touched))
    }

    /// A refusal that rests on what is there says where that is.
    fn refused(&self, error: Error, location: LocationId) -> ApiError {
        use engine::inventory::Refused as R;
        let of_account =
            matches!(error, Error::Refused(R::Insufficient { .. } | R::CountVersion { .. } | R::BelowReserved { .. }));
        let refusal = ApiError::from(error);
        if of_account {
            refusal.member("sku", self.sku.as_str()).member("location_id", location.to_string())
        } else {
            refusal
        }
    }
}

/// Where a command changes something, in the order of its changes. What it may lack, it lacks at the first.
fn touched(command: &Command) -> Vec<LocationId> {
    match command {
        Command::Transfer { from, to, .. } => vec![*from, *to],
        Command::Hold(_)
        | Command::Confirm(_)
        | Command::Release(..)
        | Command::Expire(_)
        | Command::Extend(..)
        | Command::Return(_)
        | Command::Adjust { .. }
        | Command::Set { .. } => vec![command.location()],
    }
}

impl FromRequest for Change {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        std::future::ready(change(request, payload))
    }
}

impl Refuses for Change {
    fn codes() -> Vec<Code> {
        <(Staff<StockWrite>, Segment<Sku>, IdempotencyKey, Query<()>)>::codes()
    }
}

fn change(request: &HttpRequest, payload: &mut Payload) -> Result<Change, ApiError> {
    // Who may not, learns nothing about what is there.
    let staff = Staff::from_request(request, payload).into_inner()?;
    let Segment(sku) = Segment::<Sku>::from_request(request, payload).into_inner()?;
    let key = IdempotencyKey::from_request(request, payload).into_inner()?.into_string();
    Query::<()>::from_request(request, payload).into_inner()?;
    let state = request.app_data::<Data<State>>().expect("the state is put into every application").clone();
    Ok(Change { staff, sku, key, state })
}
