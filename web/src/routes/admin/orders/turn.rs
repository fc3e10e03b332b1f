//! What moving an order takes, whichever way: the order, the version that was seen, a key.

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use engine::desk::{Asked, By, Desk, Moved, Order};
use engine::idempotency::Call;
use engine::order::{Command, OrderNo};
use sha2::{Digest, Sha256};

use super::view::AdminOrderView;
use crate::error::{ApiError, Code};
use crate::extract::needs::OrdersWrite;
use crate::extract::{IfMatch, OptionalIdempotencyKey, Query, Refuses, Segment, Staff};
use crate::middleware::Arrival;
use crate::routes::admin::moved;
use crate::state::State;

/// Somebody of the staff moves an order along.
pub(super) struct Turn {
    staff: Staff<OrdersWrite>,
    arrival: Arrival,
    number: OrderNo,
    version: IfMatch,
    key: Option<String>,
    state: Data<State>,
}

impl Turn {
    fn desk(&self) -> &Desk {
        self.state.engine.desk()
    }

    pub(super) async fn go(self, route: &'static str, raw: &[u8], command: Command) -> Result<HttpResponse, ApiError> {
        let asked = self.asked(route, raw);
        let answer = self.desk().move_order(asked, command).await?;
        Ok(self.answer(answer))
    }

    pub(super) async fn extend(self, route: &'static str, raw: &[u8], ttl_s: i64) -> Result<HttpResponse, ApiError> {
        let asked = self.asked(route, raw);
        let answer = self.desk().extend(asked, ttl_s).await?;
        Ok(self.answer(answer))
    }

    fn asked(&self, route: &'static str, raw: &[u8]) -> Asked {
        let call = self.key.clone().map(|key| Call {
            store: self.staff.store,
            principal: self.staff.principal(),
            route,
            key,
            // The same key for another order is another request.
            fingerprint: Sha256::new().chain_update(self.number.to_string()).chain_update(raw).finalize().into(),
        });
        Asked {
            order: Order::Number(self.staff.store, self.number),
            principal: None,
            version: self.version.expected(),
            by: By::Staff(self.staff.actor()),
            call,
        }
    }

    fn answer(&self, answer: Moved) -> HttpResponse {
        let now = self.arrival.now;
        moved(answer, |order, stock| AdminOrderView::moved(order, stock, now), AdminOrderView::version)
    }
}

impl FromRequest for Turn {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        std::future::ready(turn(request, payload))
    }
}

impl Refuses for Turn {
    fn codes() -> Vec<Code> {
        <(Staff<OrdersWrite>, Segment<OrderNo>, IfMatch, OptionalIdempotencyKey, Query<()>)>::codes()
    }
}

fn turn(request: &HttpRequest, payload: &mut Payload) -> Result<Turn, ApiError> {
    // Who may not, learns nothing about what is there.
    let staff = Staff::from_request(request, payload).into_inner()?;
    let Segment(number) = Segment::<OrderNo>::from_request(request, payload).into_inner()?;
    let version = IfMatch::from_request(request, payload).into_inner()?;
    let OptionalIdempotencyKey(key) = OptionalIdempotencyKey::from_request(request, payload).into_inner()?;
    Query::<()>::from_request(request, payload).into_inner()?;
    let state = request.app_data::<Data<State>>().expect("the state is put into every application").clone();
    Ok(Turn { staff, arrival: Arrival::of(request), number, version, key: key.map(|key| key.into_string()), state })
}
