//! What a category says of one attribute, as it is sent.

use engine::catalog::{AttributeDefinition, AttributeKind};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::{ApiError, FieldError};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AttributeDraft)]
pub(super) struct AttributeFields {
    #[schema(pattern = "^[a-z0-9_]{1,64}$", example = "size")]
    key: String,
    #[schema(min_length = 1, max_length = 200, example = "Size")]
    label: String,
    r#type: Kind,
    /// Of an `enum`, which has some: its values.
    #[schema(example = json!(["S", "M", "L"]))]
    values: Option<Vec<String>>,
    /// For people: `cm`, `GB`.
    unit: Option<String>,
    /// Offered as a filter in listings.
    #[serde(default)]
    filterable: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AttributeType)]
enum Kind {
    Enum,
    Text,
    Number,
    Boolean,
}

/// All of them, or all that is wrong with them.
pub(super) fn definitions(fields: Vec<AttributeFields>) -> Result<Vec<AttributeDefinition>, ApiError> {
    let (mut definitions, mut errors) = (Vec::with_capacity(fields.len()), Vec::new());
    for (place, AttributeFields { key, label, r#type, values, unit, filterable }) in fields.into_iter().enumerate() {
        let kind = match (r#type, values) {
            (Kind::Enum, Some(values)) => AttributeKind::Enum { values },
            (Kind::Text, None) => AttributeKind::Text,
            (Kind::Number, None) => AttributeKind::Number,
            (Kind::Boolean, None) => AttributeKind::Boolean,
            (Kind::Enum, None) => {
                errors.push(FieldError::new(format!("/attributes/{place}/values"), "required", "an enum has values"));
                continue;
            }
            (Kind::Text | Kind::Number | Kind::Boolean, Some(_)) => {
                let detail = "only an enum has values";
                errors.push(FieldError::new(format!("/attributes/{place}/values"), "unknown", detail));
                continue;
            }
        };
        definitions.push(AttributeDefinition { key, label, kind, unit, filterable });
    }
    if errors.is_empty() { Ok(definitions) } else { Err(ApiError::validation(errors)) }
}
