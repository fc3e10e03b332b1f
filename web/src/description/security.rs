//! How a caller says who it is, and that an operation asks nobody.

use serde_json::{Value, json};

pub(super) fn schemes() -> Value {
    let bearer = |about: &str| json!({ "type": "http", "scheme": "bearer", "description": about });
    let account = "An access token of `POST /api/v1/auth/login`; where scopes are named, of a role that has them.";
    let storefront = "A publishable key (`pk_...`). It says which store is asked, and nothing of who asks.";
    json!({
        "guest": bearer("The token of `POST /api/v1/session`."),
        "account": bearer(account),
        "key": bearer("A secret key (`sk_...`) with the scope."),
        "admin_key": bearer("The admin key of the configuration. It makes the first admin, and opens nothing else."),
        "storefront": { "type": "apiKey", "in": "header", "name": "X-Doorbuster-Key", "description": storefront },
    })
}

/// An operation that says nothing is open to anybody, and says so. Whatever a guest may do, somebody with an account may.
pub(super) fn say(operation: &mut Value, path: &str) {
    if operation["security"].is_null() {
        let is_of_a_store = path.starts_with("/api/");
        operation["security"] = if is_of_a_store { json!([{}, { "storefront": [] }]) } else { json!([]) };
    }
    let Some(Value::Array(ways)) = operation.get_mut("security") else { return };
    if ways.iter().any(|way| !way["guest"].is_null()) && ways.iter().all(|way| way["account"].is_null()) {
        ways.push(json!({ "account": [] }));
    }
}

#[cfg(test)]
mod tests {
    use crate::error::Code;

    #[test]
    fn who_may_ask_is_said_where_it_is_asked_and_nowhere_else() {
        for described in crate::routes::all().operations {
            let refuses = described.codes.contains(&Code::Unauthenticated);
            let ways = described.operation.security.unwrap_or_default();
            // Signing in shows who one is by other things.
            let is_signing_in = described.path.starts_with("/api/v1/auth/");
            assert!(refuses != ways.is_empty() || is_signing_in, "{} names {} ways", described.path, ways.len());
        }
    }
}
