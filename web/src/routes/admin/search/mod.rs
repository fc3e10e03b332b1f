//! The shop's search: how it is asked, how its index is, what it says about words and products, and what people searched for.

mod index;
mod queries;
mod rules;
mod settings;
mod synonyms;

use crate::routes::router::Routes;

pub(super) fn routes(routes: &mut Routes) {
    settings::routes(routes);
    index::routes(routes);
    synonyms::routes(routes);
    rules::routes(routes);
    queries::routes(routes);
}
