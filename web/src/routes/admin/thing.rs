//! What the verbs of the shop's things (brands, products, ...) have in common: who may, which one, against which version;
//! and how a thing is answered with.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{ETAG, HeaderValue, LOCATION};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use engine::catalog::Catalog;
use engine::idempotency::{Call, Keyed, Made};
use engine::merchandising::Merchandising;
use identity::access::Keys;
use identity::staff::StaffAccounts;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::error::{ApiError, Code};
use crate::extract::{
    FromQuery, FromSegment, IdempotencyKey, IfMatch, Needs, OptionalIdempotencyKey, PageRequest, Parameters, Query,
    Refuses, Segment, Staff,
};
use crate::routes::checkout::IDEMPOTENT_REPLAYED;
use crate::state::State;
use crate::view::{Listing, etag};

/// What is in use, or has ended, does not move.
pub(crate) const MOVING: &[Code] = &[Code::InvalidState];

/// A thing of the shop as it is shown: it has an address and a version.
pub(crate) trait Thing: Serialize {
    /// Where things of its kind are.
    const COLLECTION: &'static str;

    /// The last segment of its address; lists are in its order.
    fn name(&self) -> String;

    fn version(&self) -> i64;
}

pub(crate) fn ok(thing: &impl Thing) -> HttpResponse {
    HttpResponse::Ok().insert_header((ETAG, etag(thing.version()))).json(thing)
}

/// A thing that was made, now or when its key first came.
pub(crate) fn created<S, T: Thing + From<S>>(made: Made<S>) -> Result<HttpResponse, ApiError> {
    let (answer, replayed) = match made {
        Made::Now(thing) => (Answer::of(&T::from(thing)), false),
        Made::Before(kept) => (Answer::deserialize(kept).map_err(ApiError::internal)?, true),
    };
    let location = format!("{}/{}", T::COLLECTION, answer.name);
    let mut response = HttpResponse::Created();
    response.insert_header((ETAG, etag(answer.version))).insert_header((LOCATION, location));
    if replayed {
        response.insert_header((IDEMPOTENT_REPLAYED, HeaderValue::from_static("true")));
    }
    Ok(response.json(answer.thing))
}

/// What is kept under the key of a thing that was made.
#[derive(Serialize, Deserialize)]
struct Answer {
    name: String,
    version: i64,
    thing: Value,
}

impl Answer {
    fn of(thing: &impl Thing) -> Self {
        let body = serde_json::to_value(thing).expect("a view of texts and numbers is JSON");
        Self { name: thing.name(), version: thing.version(), thing: body }
    }
}

/// Somebody who may do what `P` names makes a thing; under a key, once.
pub(crate) struct Create<P> {
    pub(crate) staff: Staff<P>,
    key: Option<String>,
    path: String,
    state: Data<State>,
}

impl<P> Create<P> {
    /// On behalf of whoever asks: the audit trail says so.
    pub(crate) fn catalog(&self) -> Catalog {
        self.state.engine.catalog().on_behalf_of(self.staff.actor())
    }

    /// On behalf of whoever asks: the audit trail says so.
    pub(crate) fn merchandising(&self) -> Merchandising {
        self.state.engine.merchandising().on_behalf_of(self.staff.actor())
    }

    /// How the engine shall remember it, if it has a key. `raw` is the body as it came.
    pub(crate) fn keyed<S: Clone, T: Thing + From<S>>(&self, route: &'static str, raw: &[u8]) -> Option<Keyed<S>> {
        let call = Call {
            store: self.staff.store,
            principal: self.staff.principal(),
            route,
            key: self.key.clone()?,
            // The same key below another product is another request.
            fingerprint: Sha256::new().chain_update(&self.path).chain_update(raw).finalize().into(),
        };
        let answer = |made: &S| {
            let answer = Answer::of(&T::from(made.clone()));
            serde_json::to_value(answer).expect("texts, numbers and JSON are JSON")
        };
        Some(Keyed { call, answer })
    }
}

impl<P: Needs> FromRequest for Create<P> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(create(request, payload))
    }
}

impl<P> Refuses for Create<P> {
    fn codes() -> Vec<Code> {
        <(Staff<P>, OptionalIdempotencyKey, Query<()>)>::codes()
    }
}

fn create<P: Needs>(request: &HttpRequest, payload: &mut Payload) -> Result<Create<P>, ApiError> {
    let staff = Staff::from_request(request, payload).into_inner()?;
    let OptionalIdempotencyKey(key) = OptionalIdempotencyKey::from_request(request, payload).into_inner()?;
    Query::<()>::from_request(request, payload).into_inner()?;
    let state = request.app_data::<Data<State>>().expect("the state is put into every application").clone();
    Ok(Create { staff, key: key.map(IdempotencyKey::into_string), path: request.path().to_owned(), state })
}

/// Somebody who may do what `P` names looks at the thing of the path.
pub(crate) struct Look<P, Id> {
    pub(crate) staff: Staff<P>,
    pub(crate) id: Id,
    state: Data<State>,
}

/// Somebody who may do what `P` names changes the thing of the path, as it was at a version.
pub(crate) struct Change<P, Id> {
    pub(crate) staff: Staff<P>,
    pub(crate) id: Id,
    /// None: whatever version is there.
    pub(crate) expected: Option<i64>,
    state: Data<State>,
}

/// Which page of a list.
pub(crate) struct After<Id> {
    page: PageRequest,
    pub(crate) after: Option<Id>,
}

impl<P, Id> Look<P, Id> {
    pub(crate) fn catalog(&self) -> &Catalog {
        self.state.engine.catalog()
    }

    pub(crate) fn merchandising(&self) -> &Merchandising {
        self.state.engine.merchandising()
    }

    pub(crate) fn keys(&self) -> &Keys {
        self.state.identity.keys()
    }

    pub(crate) fn users(&self) -> &StaffAccounts {
        self.state.identity.staff()
    }
}

impl<P, Id> Change<P, Id> {
    /// On behalf of whoever asks: the audit trail says so.
    pub(crate) fn catalog(&self) -> Catalog {
        self.state.engine.catalog().on_behalf_of(self.staff.actor())
    }

    /// On behalf of whoever asks: the audit trail says so.
    pub(crate) fn merchandising(&self) -> Merchandising {
        self.state.engine.merchandising().on_behalf_of(self.staff.actor())
    }

    pub(crate) fn keys(&self) -> Keys {
        self.state.identity.keys().on_behalf_of(self.staff.actor())
    }

    pub(crate) fn users(&self) -> &StaffAccounts {
        self.state.identity.staff()
    }
}

impl<Id> After<Id> {
    /// How many to read: one more tells whether there is more.
    pub(crate) fn wanted(&self) -> i64 {
        i64::from(self.page.limit) + 1
    }

    pub(crate) fn respond<S, T: Thing>(self, request: &HttpRequest, read: Vec<S>, view: fn(S) -> T) -> HttpResponse {
        let things = read.into_iter().map(view).collect();
        let listing = Listing::cut(things, self.page.limit, T::name, |thing| thing);
        listing.respond(request.path(), request.query_string())
    }
}

impl<Id: std::str::FromStr> FromQuery for After<Id> {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let page = PageRequest::take(parameters)?;
        let after = page.cursor_as()?;
        Ok(Self { page, after })
    }
}

impl<P: Needs, Id: FromSegment> FromRequest for Look<P, Id> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(look(request, payload))
    }
}

impl<P: Needs, Id: FromSegment> FromRequest for Change<P, Id> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(change(request, payload))
    }
}

impl<P, Id> Refuses for Look<P, Id> {
    fn codes() -> Vec<Code> {
        <(Staff<P>, Segment<Id>, Query<()>)>::codes()
    }
}

impl<P, Id> Refuses for Change<P, Id> {
    fn codes() -> Vec<Code> {
        <(Look<P, Id>, IfMatch)>::codes()
    }
}

fn look<P: Needs, Id: FromSegment>(request: &HttpRequest, payload: &mut Payload) -> Result<Look<P, Id>, ApiError> {
    // Who may not, learns nothing about what is there.
    let staff = Staff::from_request(request, payload).into_inner()?;
    let Segment(id) = Segment::from_request(request, payload).into_inner()?;
    Query::<()>::from_request(request, payload).into_inner()?;
    let state = request.app_data::<Data<State>>().expect("the state is put into every application").clone();
    Ok(Look { staff, id, state })
}

fn change<P: Needs, Id: FromSegment>(request: &HttpRequest, payload: &mut Payload) -> Result<Change<P, Id>, ApiError> {
    let Look { staff, id, state } = look(request, payload)?;
    let expected = IfMatch::from_request(request, payload).into_inner()?.expected();
    Ok(Change { staff, id, expected, state })
}
