//! Which store a request is for. Decided once, at the door, without I/O: what is asked later names it.
//!
//! In this order: `X-Doorbuster-Store: slug`, from whom the settings let say it, the host that was called, a storefront's
//! key (`X-Doorbuster-Key: pk_...`), and the main store.

use actix_web::HttpRequest;
use actix_web::http::header::{HOST, HeaderName};
use engine::clock::Timestamp;
use engine::id::StoreId;
use engine::tenant::Host;
use identity::access::{KeyKind, Scope};

use crate::error::ApiError;
use crate::settings::HeaderFrom;
use crate::state::State;

const STORE: HeaderName = HeaderName::from_static("x-doorbuster-store");
const KEY: HeaderName = HeaderName::from_static("x-doorbuster-key");

/// What is there for whoever watches the machine, whatever it is called.
const OF_THE_MACHINE: [&str; 4] = ["/healthz", "/readyz", "/readyz/owner", "/metrics"];

pub(super) fn which_store(
    request: &HttpRequest,
    state: &State,
    is_proxied: bool,
    now: Timestamp,
) -> Result<StoreId, ApiError> {
    if OF_THE_MACHINE.contains(&request.path()) {
        return Ok(StoreId::MAIN);
    }
    if let Some(slug) = text(request, &STORE)
        && is_believed(state.stores.header_from, is_proxied)
    {
        return state.tenants.called(slug).ok_or_else(nobody);
    }
    let by_host = if state.tenants.have_hosts() { by_host(request, state) } else { None };
    if let Some(shown) = text(request, &KEY) {
        return by_key(request, state, shown, by_host, now);
    }
    match by_host {
        Some(store) => Ok(store),
        None if state.stores.refuse_unknown_hosts => Err(nobody()),
        None => Ok(StoreId::MAIN),
    }
}

fn is_believed(header_from: HeaderFrom, is_proxied: bool) -> bool {
    match header_from {
        HeaderFrom::Nobody => false,
        HeaderFrom::Proxies => is_proxied,
        HeaderFrom::Anyone => true,
    }
}

fn by_host(request: &HttpRequest, state: &State) -> Option<StoreId> {
    let host = Host::parse(text(request, &HOST)?).ok()?;
    state.tenants.at(&host)
}

/// A storefront that was built elsewhere says by its key whose it is.
fn by_key(
    request: &HttpRequest,
    state: &State,
    shown: &str,
    by_host: Option<StoreId>,
    now: Timestamp,
) -> Result<StoreId, ApiError> {
    let key = state.identity.keys().check(shown, now);
    let key = key.ok().filter(|key| key.kind == KeyKind::Publishable && by_host.is_none_or(|store| store == key.store));
    let key = key.ok_or_else(|| ApiError::unauthenticated("this is no storefront's key of this shop"))?;
    let needed = if request.method().is_safe() { Scope::StorefrontRead } else { Scope::CartsWrite };
    if !key.may(needed) {
        return Err(ApiError::forbidden(needed.name()));
    }
    Ok(key.store)
}

fn nobody() -> ApiError {
    ApiError::not_found("there is no shop at this address")
}

fn text<'a>(request: &'a HttpRequest, name: &HeaderName) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok().map(str::trim)
}
