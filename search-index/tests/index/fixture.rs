//! A small index in a directory of its own, and short ways to fill and ask it.

use search_index::{
    Attribute, Availability, Brand, Category, Embedding, Facet, Index, Language, Page, ProductDocument, Query, Suggest,
    Suggestions, Written,
};
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

    pub(crate) fn delete(&self, id: &str, version: u64) {
        let mut writer = self.index.writer().unwrap();
        assert_eq!(writer.delete(id, version).unwrap(), Written::Accepted);
        writer.commit("deleted").unwrap();
    }

    pub(crate) fn search(&self, query: &Query) -> Page {
        self.index.search(query).unwrap()
    }

    pub(crate) fn suggest(&self, suggest: &Suggest) -> Suggestions {
        self.index.suggest(suggest).unwrap()
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

pub(crate) fn asking(text: &str) -> Query {
    Query { text: text.to_owned(), ..query() }
}

pub(crate) fn typing(text: &str) -> Suggest {
    Suggest { store: STORE.to_owned(), text: text.to_owned(), ..Suggest::default() }
}

pub(crate) fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// The same numbers in every run: splitmix64, <https://prng.di.unimi.it/splitmix64.c>.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    pub(crate) fn one_of<T: Copy>(&mut self, things: &[T]) -> T {
        let end = u64::try_from(things.len()).unwrap();
        things[usize::try_from(self.below(end)).unwrap()]
    }

    /// Of so many times once.
    pub(crate) fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
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
    fn store(self, store: &str) -> Self;
    fn language(self, language: Language) -> Self;
    /// Of 1000.
    fn popular(self, popularity: u32) -> Self;
    /// In hundredths of a star.
    fn rated(self, rating: u32) -> Self;
    /// In basis points.
    fn discounted(self, discount_bp: u32) -> Self;
    fn meaning(self, embedding: Option<Embedding>) -> Self;
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

    fn store(mut self, store: &str) -> Self {
        self.store = store.to_owned();
        self
    }

    fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    fn popular(mut self, popularity: u32) -> Self {
        self.popularity = popularity;
        self
    }

    fn rated(mut self, rating: u32) -> Self {
        self.rating = rating;
        self
    }

    fn discounted(mut self, discount_bp: u32) -> Self {
        self.discount_bp = discount_bp;
        self
    }

    fn meaning(mut self, embedding: Option<Embedding>) -> Self {
        self.embedding = embedding;
        self
    }
}
