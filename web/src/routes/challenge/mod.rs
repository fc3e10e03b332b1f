//! What has to be proved before something that is dear in a sale.

mod get;

pub(crate) use get::ChallengeView;

use super::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, get);
}
