//! The whole API on one screen. A noun is a folder, a verb is a file; the folder's `routes` names its verbs.
//!
//! The order is the order in which a request's path is compared: what a sale asks for most stands first.

mod admin;
mod auth;
mod cart;
mod categories;
mod challenge;
mod checkout;
mod events;
mod me;
mod orders;
mod pages;
mod products;
mod router;
mod search;
mod seller;
mod session;
mod system;

pub(crate) use admin::IMPORTS;
pub(crate) use challenge::ChallengeView;
pub(crate) use products::sellable_of;
pub use router::Routes;
pub(crate) use router::{Described, verb};

/// Every route of this program.
pub fn all() -> Routes {
    let mut routes = Routes::default();
    checkout::routes(&mut routes);
    cart::routes(&mut routes);
    orders::routes(&mut routes);
    products::routes(&mut routes);
    categories::routes(&mut routes);
    search::routes(&mut routes);
    session::routes(&mut routes);
    auth::routes(&mut routes);
    me::routes(&mut routes);
    challenge::routes(&mut routes);
    admin::routes(&mut routes);
    seller::routes(&mut routes);
    events::routes(&mut routes);
    system::routes(&mut routes);
    pages::routes(&mut routes);
    routes
}
