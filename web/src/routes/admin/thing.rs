//! What the verbs of the shop's things (brands, products, ...) have in common: who may, which one, against which version;
//! and how a thing is answered with.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{ETAG, LOCATION};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use engine::catalog::Catalog;
use serde::Serialize;

use crate::error::ApiError;
use crate::extract::{Admin, FromQuery, FromSegment, IfMatch, PageRequest, Parameters, Query, Segment};
use crate::state::State;
use crate::view::{Listing, etag};

/// A thing of the shop as it is shown: it has an address and a version.
pub(super) trait Thing: Serialize {
    /// Where things of its kind are.
    const COLLECTION: &'static str;

    /// The last segment of its address; lists are in its order.
    fn name(&self) -> String;

    fn version(&self) -> i64;
}

pub(super) fn ok(thing: &impl Thing) -> HttpResponse {
    HttpResponse::Ok().insert_header((ETAG, etag(thing.version()))).json(thing)
}

pub(super) fn created<T: Thing>(thing: &T) -> HttpResponse {
    let location = format!("{}/{}", T::COLLECTION, thing.name());
    let mut response = HttpResponse::Created();
    response.insert_header((ETAG, etag(thing.version()))).insert_header((LOCATION, location)).json(thing)
}

/// The admin looks at the thing of the path.
pub(super) struct Look<Id> {
    pub(super) id: Id,
    state: Data<State>,
}

/// The admin changes the thing of the path, as it was at a version.
pub(super) struct Change<Id> {
    pub(super) id: Id,
    /// None: whatever version is there.
    pub(super) expected: Option<i64>,
    state: Data<State>,
}

/// Which page of a list.
pub(super) struct After<Id> {
    page: PageRequest,
    pub(super) after: Option<Id>,
}

impl<Id> Look<Id> {
    pub(super) fn catalog(&self) -> &Catalog {
        self.state.engine.catalog()
    }
}

impl<Id> Change<Id> {
    pub(super) fn catalog(&self) -> &Catalog {
        self.state.engine.catalog()
    }
}

impl<Id> After<Id> {
    /// How many to read: one more tells whether there is more.
    pub(super) fn wanted(&self) -> i64 {
        i64::from(self.page.limit) + 1
    }

    pub(super) fn respond<S, T: Thing>(self, request: &HttpRequest, read: Vec<S>, view: fn(S) -> T) -> HttpResponse {
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

impl<Id: FromSegment> FromRequest for Look<Id> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(look(request, payload))
    }
}

impl<Id: FromSegment> FromRequest for Change<Id> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(change(request, payload))
    }
}

fn look<Id: FromSegment>(request: &HttpRequest, payload: &mut Payload) -> Result<Look<Id>, ApiError> {
    // Who may not, learns nothing about what is there.
    Admin::from_request(request, payload).into_inner()?;
    let Segment(id) = Segment::from_request(request, payload).into_inner()?;
    Query::<()>::from_request(request, payload).into_inner()?;
    let state = request.app_data::<Data<State>>().expect("the state is put into every application").clone();
    Ok(Look { id, state })
}

fn change<Id: FromSegment>(request: &HttpRequest, payload: &mut Payload) -> Result<Change<Id>, ApiError> {
    let Look { id, state } = look(request, payload)?;
    let expected = IfMatch::from_request(request, payload).into_inner()?.expected();
    Ok(Change { id, expected, state })
}
