//! PURE. What the audit trail says of keys. Never their secrets.

use serde_json::{Value, json};

use super::api_key::ApiKey;

pub(super) const KIND: &str = "key";

pub(super) fn picture(key: &ApiKey) -> Value {
    json!({
        "name": key.name,
        "kind": key.kind.name(),
        "prefix": key.prefix,
        "scopes": key.scopes,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "version": key.version,
    })
}

/// A key that another takes the place of.
pub(super) fn replaced(key: &ApiKey, by: &ApiKey) -> Value {
    let mut picture = picture(key);
    picture["replaced_by"] = json!({ "id": by.id, "prefix": by.prefix });
    picture
}

#[cfg(test)]
mod tests {
    use engine::clock::Timestamp;
    use engine::id::{ApiKeyId, StoreId};

    use super::super::api_key::KeyKind;
    use super::*;
    use crate::access::Scope;

    #[test]
    fn a_key_is_shown_without_its_secret() {
        let id = ApiKeyId::from_uuid(uuid::Uuid::from_u128(7));
        let key = ApiKey {
            id,
            store: StoreId::MAIN,
            family: id,
            name: "till".to_owned(),
            kind: KeyKind::Secret,
            prefix: "sk_abcd".to_owned(),
            scopes: vec![Scope::StockRead],
            expires_at: None,
            last_used_at: None,
            revoked_at: None,
            rotated_from: None,
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        };
        let shown = json!({
            "name": "till", "kind": "secret", "prefix": "sk_abcd", "scopes": ["stock:read"], "expires_at": null,
            "revoked_at": null, "version": 1
        });
        assert_eq!(picture(&key), shown);
        assert_eq!(replaced(&key, &key)["replaced_by"]["id"], json!(id));
    }
}
