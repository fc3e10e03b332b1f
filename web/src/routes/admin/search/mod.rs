//! The shop's search: what it says about words and products, and what people searched for.

mod queries;
mod rules;
mod synonyms;

use crate::routes::router::Routes;

pub(super) fn routes(routes: &mut Routes) {
    synonyms::routes(routes);
    rules::routes(routes);
    queries::routes(routes);
}
