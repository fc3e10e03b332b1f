//! What anyone may look at.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::http::{Client, Request, Target};

#[derive(Deserialize)]
pub(crate) struct ListedProduct {
    pub(crate) slug: String,
    pub(crate) title: String,
}

#[derive(Deserialize)]
struct List<T> {
    data: Vec<T>,
    #[serde(default)]
    page: Option<Page>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    next_cursor: Option<String>,
}

/// The first products of the shop, at most `most`.
pub(crate) async fn listed_products(client: &Client, most: usize) -> anyhow::Result<Vec<ListedProduct>> {
    let mut products = Vec::new();
    let mut path = "/api/v1/products?limit=100".to_owned();
    loop {
        let list: List<ListedProduct> = get(client, &path).await?;
        let came = list.data.len();
        products.extend(list.data);
        match list.page.and_then(|page| page.next_cursor) {
            Some(cursor) if came > 0 && products.len() < most => {
                path = format!("/api/v1/products?limit=100&cursor={cursor}")
            }
            Some(_) | None => return Ok(products),
        }
    }
}

pub(crate) async fn listed_categories(client: &Client) -> anyhow::Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Category {
        slug: String,
    }
    let list: List<Category> = get(client, "/api/v1/categories").await?;
    Ok(list.data.into_iter().map(|category| category.slug).collect())
}

/// What somebody sends who looks for `words`, which need no escaping.
pub(crate) fn search_for(target: &Target, words: &str) -> Request {
    Request::get(target, &format!("/api/v1/products?q={words}")).empty()
}

/// Of the products in an answer; none of what is no list.
pub(crate) fn listed_titles(body: &[u8]) -> Vec<String> {
    let list = serde_json::from_slice::<List<ListedProduct>>(body);
    list.map_or_else(|_| Vec::new(), |list| list.data.into_iter().map(|product| product.title).collect())
}

async fn get<T: DeserializeOwned>(client: &Client, path: &str) -> anyhow::Result<T> {
    let request = Request::get(&client.target, path).empty();
    client.ask(&request).await?.expect_success(path)?.read(path)
}
