//! One's own account.

mod ask_to_confirm;
mod change_email;
mod change_password;
mod identities;
mod second_factor;
mod sessions;

use super::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, change_password, change_email, ask_to_confirm);
    sessions::routes(routes);
    second_factor::routes(routes);
    identities::routes(routes);
}
