//! Full-text search that others have, given the same products and asked the same. Each is set up as its manual and those who
//! use it for shops recommend, and finds as we do: products with all words first, then, where they do not fill the page, those
//! with any.
//!
//! One favour is done to them: facets are counted under all filters, once. A shopper who may choose several values of a facet
//! needs the counts without that facet's own filter, which would be a query more for each of them.

mod postgres;
mod sqlite;
mod terms;

pub(crate) use postgres::Postgres;
pub(crate) use sqlite::Sqlite;

use search_index::{Paging, ProductDocument, Query};

/// What a product says, by how much it matters.
struct Texts {
    title: String,
    /// Brand, categories, tags and codes.
    names: String,
    attributes: String,
    description: String,
}

impl Texts {
    fn of(product: &ProductDocument) -> Texts {
        let brand = product.brand.iter().map(|brand| &brand.name);
        let names = brand.chain(product.categories.iter().map(|category| &category.label));
        let names: Vec<&str> = names.chain(&product.tags).chain(&product.codes).map(String::as_str).collect();
        // As our index reads them: a yes is the attribute's name, a no is nothing.
        let attributes: Vec<&str> = product
            .attributes
            .iter()
            .filter_map(|attribute| match attribute.value.as_str() {
                "yes" => Some(attribute.label.as_str()),
                "no" => None,
                _ => Some(attribute.value_label.as_str()),
            })
            .collect();
        Texts {
            title: product.title.clone(),
            names: names.join(" "),
            attributes: attributes.join(" "),
            description: product.description.clone(),
        }
    }
}

fn limit(query: &Query) -> usize {
    match query.paging {
        Paging::Page { limit, .. } | Paging::Cursor { limit, .. } => limit,
    }
}
