//! How a caller says who it is, and that an operation asks nobody.

use serde_json::{Value, json};

pub(super) fn schemes() -> Value {
    let bearer = |about: &str| json!({ "type": "http", "scheme": "bearer", "description": about });
    json!({
        "guest": bearer("The token of `POST /api/v1/session`."),
        "account": bearer("An access token of `POST /api/v1/auth/login`; where scopes are named, of a role that has them."),
        "key": bearer("A secret key (`sk_...`) with the scope."),
    })
}

/// An operation that says nothing is open to anybody, and says so. Whatever a guest may do, somebody with an account may.
pub(super) fn say(operation: &mut Value) {
    if operation["security"].is_null() {
        operation["security"] = json!([]);
    }
    let Some(Value::Array(ways)) = operation.get_mut("security") else { return };
    if ways.iter().any(|way| !way["guest"].is_null()) && ways.iter().all(|way| way["account"].is_null()) {
        ways.push(json!({ "account": [] }));
    }
}
