//! PURE. What the audit trail says of an import when it has come to its end; its batches have told what they changed.

use serde_json::{Value, json};

use super::{ImportError, Options, Scope, Summary};

pub(super) const ACTION: &str = "import.end";

pub(super) fn told(
    options: &Options,
    summary: &Summary,
    bytes: u64,
    digest: Option<&[u8; 32]>,
    broke_off: Option<&ImportError>,
) -> Value {
    json!({
        "of": match options.scope {
            Scope::Products => "products",
            Scope::Stock => "stock",
        },
        "file": options.file,
        // None: it was not read to its end.
        "sha256": digest.map(|digest| hexadecimal(digest)),
        "bytes": bytes,
        "broke_off": broke_off.is_some(),
        "rows": summary.rows,
        "rejected": summary.rejected,
        "unchanged": summary.unchanged,
        "products": { "created": summary.products_created, "changed": summary.products_changed },
        "variants": { "created": summary.variants_created, "changed": summary.variants_changed },
        "stock": { "set": summary.stock_set, "unchanged": summary.stock_unchanged },
    })
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
