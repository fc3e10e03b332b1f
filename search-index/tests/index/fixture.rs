//! A small index in a directory of its own, and short ways to fill and ask it.

use search_index::{Attribute, Availability, Brand, Category, Facet, Index, Page, ProductDocument, Query, Written};
use tempfile::TempDir;

pub(crate) const STORE: &str = "store";

pub(crate) struct Fixture {
    pub(crate) index: Index,
    pub(crate) dir: TempDir,
}

impl Fixture {
    pub(crate) fn with(documents: &[ProductDocument]) -> Fixture {
        let dir = tempfile::tempdir().unwrap();
        let index = Index::open(dir.path()).unwrap();
        rebuild(&index, documents, "start");
        Fixture { index, dir }
    }

    /// Closes the index and opens it again, as the next start of the program does.
    pub(crate) fn reopen(self) -> Fixture {
        let Fixture { index, dir } = self;
        drop(index);
        let index = Index::open(dir.path()).unwrap();
        Fixture { index, dir }
    }

    pub(crate) fn write(&self, documents: &[ProductDocument], watermark: &str) {
        let mut writer = self.index.writer().unwrap();
        for document in documents {
            assert_eq!(writer.upsert(document).unwrap(), Written::Accepted);
        }
        writer.commit(watermark).unwrap();
    }

    pub(crate) fn search(&self, query: &Query) -> Page {
        self.index.search(query).unwrap()
    }
}

pub(crate) fn rebuild(index: &Index, documents: &[ProductDocument], watermark: &str) {
    let mut rebuild = index.rebuild().unwrap();
    for document in documents {
        rebuild.add(document).unwrap();
    }
    rebuild.finish(watermark).unwrap();
}

pub(crate) fn query() -> Query {
    Query { store: STORE.to_owned(), facets: true, ..Query::default() }
}

pub(crate) fn ids(page: &Page) -> Vec<&str> {
    page.hits.iter().map(|hit| hit.id.as_str()).collect()
}

/// A facet as `value count` pairs; a star marks what is selected.
pub(crate) fn shown(page: &Page, key: &str) -> String {
    let Some(facet) = page.facets.iter().find(|facet| facet.key == key) else {
        return "absent".to_owned();
    };
    facet_line(facet)
}

fn facet_line(facet: &Facet) -> String {
    let buckets = facet.buckets.iter().map(|bucket| {
        let star = if bucket.selected { "*" } else { "" };
        format!("{}{star} {}", bucket.value, bucket.count)
    });
    buckets.collect::<Vec<_>>().join(", ")
}

pub(crate) fn product(id: &str, title: &str) -> ProductDocument {
    ProductDocument {
        id: id.to_owned(),
        store: STORE.to_owned(),
        version: 1,
        title: title.to_owned(),
        price: 1_000,
        availability: Availability::InStock,
        stored: format!("{{\"id\":{id:?}}}"),
        ..ProductDocument::default()
    }
}

/// Ways to say in one line what a product is.
pub(crate) trait Described {
    fn brand(self, name: &str) -> Self;
    /// From the root, slugs that are labels in lower case.
    fn category(self, path: &str) -> Self;
    fn attribute(self, key: &str, value: &str) -> Self;
    fn price(self, minor: i64) -> Self;
    fn created(self, ms: i64) -> Self;
    fn sold_out(self) -> Self;
    fn version(self, version: u64) -> Self;
    fn described(self, description: &str) -> Self;
    fn codes(self, codes: &[&str]) -> Self;
    fn tags(self, tags: &[&str]) -> Self;
}

impl Described for ProductDocument {
    fn brand(mut self, name: &str) -> Self {
        self.brand = Some(Brand { slug: name.to_lowercase(), name: name.to_owned() });
        self
    }

    fn category(mut self, path: &str) -> Self {
        let step = |slug: &str| Category { slug: slug.to_owned(), label: slug.replace('-', " ") };
        self.categories = path.split('/').map(step).collect();
        self
    }

    fn attribute(mut self, key: &str, value: &str) -> Self {
        self.attributes.push(Attribute {
            key: key.to_owned(),
            label: key.replace('_', " "),
            value: value.to_owned(),
            value_label: value.to_owned(),
            text_only: false,
        });
        self
    }

    fn price(mut self, minor: i64) -> Self {
        self.price = minor;
        self
    }

    fn created(mut self, ms: i64) -> Self {
        self.created_at_ms = ms;
        self
    }

    fn sold_out(mut self) -> Self {
        self.availability = Availability::SoldOut;
        self
    }

    fn version(mut self, version: u64) -> Self {
        self.version = version;
        self
    }

    fn described(mut self, description: &str) -> Self {
        self.description = description.to_owned();
        self
    }

    fn codes(mut self, codes: &[&str]) -> Self {
        self.codes = codes.iter().map(|code| (*code).to_owned()).collect();
        self
    }

    fn tags(mut self, tags: &[&str]) -> Self {
        self.tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        self
    }
}
