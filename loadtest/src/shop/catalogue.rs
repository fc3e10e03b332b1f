//! Products as the admin keeps them: many from a file, and one at a time.

use anyhow::ensure;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Admin;
use super::admin::Listed;
use crate::http::Request;

const IMPORT: &str = "/api/v1/admin/imports/products";

impl Admin {
    /// Has a file of products (JSON Lines) taken. All of them, or it is an error.
    pub(crate) async fn import(&self, lines: &[u8]) -> anyhow::Result<()> {
        #[derive(Deserialize)]
        struct Summary {
            rejected: u64,
            rejections: Vec<Value>,
        }
        // Sent again, it changes nothing: there is no key.
        let request = Request::post(&self.client.target, IMPORT).bearer(&self.key).body("application/jsonl", lines);
        let Summary { rejected, rejections } = self.client.ask(&request).await?.expect_success(IMPORT)?.read(IMPORT)?;
        let first = rejections.first().map(Value::to_string).unwrap_or_default();
        ensure!(rejected == 0, "{rejected} rows of the catalogue were not taken; the first: {first}");
        Ok(())
    }

    /// The ids of the oldest products, at most `most`.
    pub(crate) async fn oldest_products(&self, most: usize) -> anyhow::Result<Vec<String>> {
        #[derive(Deserialize)]
        struct Kept {
            id: String,
        }
        let mut ids: Vec<String> = Vec::new();
        let mut path = "/api/v1/admin/products?limit=100".to_owned();
        loop {
            let listed: Listed<Kept> = self.get(&path).await?;
            let next = listed.next_cursor().map(|cursor| format!("/api/v1/admin/products?limit=100&cursor={cursor}"));
            ids.extend(listed.data.into_iter().map(|product| product.id));
            match next {
                Some(next) if ids.len() < most => path = next,
                Some(_) | None => {
                    ids.truncate(most);
                    return Ok(ids);
                }
            }
        }
    }

    /// Whatever it was called before.
    pub(crate) fn change_title(&self, product: &str, title: &str) -> Request {
        let path = format!("/api/v1/admin/products/{product}");
        let request = Request::patch(&self.client.target, &path).bearer(&self.key).header("if-match", "*");
        request.json_of(&json!({ "title": title }))
    }
}
