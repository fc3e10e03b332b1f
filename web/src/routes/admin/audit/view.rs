//! A line of the trail as it is shown.

use engine::audit::{Record, Who};
use engine::id::AuditId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = AuditRecord)]
pub(super) struct RecordView {
    #[schema(value_type = String, example = "aud_01985d3a7c2f7d10a3c5e1f2b4d6a8c0")]
    id: AuditId,
    #[schema(format = DateTime)]
    at: String,
    actor: ActorView,
    /// Where the request came from. None: on the machine itself.
    address: Option<String>,
    /// That of the request, as its answer said in `traceparent`.
    trace_id: Option<String>,
    #[schema(example = "product.change")]
    action: String,
    subject: SubjectView,
    /// What was different before; none: it was not there. What is personal reads `(personal)`.
    #[schema(value_type = Option<Object>, example = json!({ "title": "Tee", "version": 3 }))]
    before: Option<Value>,
    /// What is different now; none: it is not there any more.
    #[schema(value_type = Option<Object>, example = json!({ "title": "T-shirt", "version": 4 }))]
    after: Option<Value>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditActor)]
struct ActorView {
    /// An `account` or a `key`; the `operator` of the server at its command line; the `shop` by itself.
    #[schema(pattern = "^(account|key|operator|shop)$", example = "account")]
    kind: &'static str,
    /// Of an account or a key.
    id: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditSubject)]
struct SubjectView {
    #[schema(example = "product")]
    kind: String,
    /// Its id, or the name by which staff know it.
    #[schema(example = "prod_01985d3a7c2f7d10a3c5e1f2b4d6a8c0")]
    id: String,
}

impl From<Record> for RecordView {
    fn from(record: Record) -> Self {
        let id = match record.who {
            Who::Account(id) => Some(id.to_string()),
            Who::Key(id) => Some(id.to_string()),
            Who::Operator | Who::Shop => None,
        };
        Self {
            id: record.id,
            at: rfc3339(record.at),
            actor: ActorView { kind: record.who.kind(), id },
            address: record.address,
            trace_id: record.trace_id,
            action: record.action,
            subject: SubjectView { kind: record.subject_kind, id: record.subject_id },
            before: record.before,
            after: record.after,
        }
    }
}
