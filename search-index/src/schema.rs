//! The fields of the index. Whoever changes them, or how documents are turned into them, raises
//! [`VERSION`]: an index of another version is rebuilt instead of misread.
//!
//! Every word stands in the index behind the [`scope`] of its store and language. So each of them has a vocabulary of its
//! own: what one store calls things neither completes nor corrects nor weighs what is typed in another.

use tantivy::schema::{
    FAST, Field, IndexRecordOption, NumericOptions, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

use crate::language::Language;

pub(crate) const VERSION: u32 = 5;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    // Identity.
    pub(crate) id: Field,
    pub(crate) scope: Field,
    pub(crate) version: Field,
    /// Codes and whole titles.
    pub(crate) exact: Field,
    // Full text.
    pub(crate) title: Field,
    /// What else it is called by: brand, categories, tags, codes.
    pub(crate) labels: Field,
    /// What may be typed in one word.
    pub(crate) joined: Field,
    pub(crate) attributes: Field,
    pub(crate) description: Field,
    /// Words of titles, brands and categories as they are written.
    pub(crate) surface: Field,
    // Columns that are filtered, counted and sorted by.
    pub(crate) brand_facet: Field,
    pub(crate) category_facet: Field,
    pub(crate) attribute_facet: Field,
    pub(crate) availability: Field,
    pub(crate) price: Field,
    pub(crate) discount: Field,
    pub(crate) popularity: Field,
    pub(crate) rating: Field,
    pub(crate) created_at: Field,
    pub(crate) title_key: Field,
    pub(crate) embedding: Field,
    // Given back.
    pub(crate) stored: Field,
}

pub(crate) fn build() -> (Schema, Fields) {
    let words = |option| {
        // Documents bring their words with them; the tokenizer is never asked.
        TextOptions::default()
            .set_indexing_options(TextFieldIndexing::default().set_tokenizer("raw").set_index_option(option))
    };
    let text = words(IndexRecordOption::WithFreqs);
    let column = TextOptions::default().set_fast("raw");
    let number = NumericOptions::default().set_fast();

    let mut schema = Schema::builder();
    let fields = Fields {
        id: schema.add_text_field("id", STRING | column.clone()),
        scope: schema.add_text_field("scope", STRING),
        version: schema.add_u64_field("version", number.clone()),
        exact: schema.add_text_field("exact", STRING),
        title: schema.add_text_field("title", text.clone()),
        labels: schema.add_text_field("labels", text.clone()),
        joined: schema.add_text_field("joined", text.clone()),
        attributes: schema.add_text_field("attributes", text.clone()),
        description: schema.add_text_field("description", text),
        surface: schema.add_text_field("surface", words(IndexRecordOption::Basic)),
        brand_facet: schema.add_text_field("brand_facet", column.clone()),
        category_facet: schema.add_text_field("category_facet", column.clone()),
        attribute_facet: schema.add_text_field("attribute_facet", column.clone()),
        availability: schema.add_u64_field("availability", number.clone()),
        price: schema.add_i64_field("price", number.clone()),
        discount: schema.add_u64_field("discount", number.clone()),
        popularity: schema.add_u64_field("popularity", number.clone()),
        rating: schema.add_u64_field("rating", number.clone()),
        created_at: schema.add_i64_field("created_at", number),
        title_key: schema.add_text_field("title_key", column),
        embedding: schema.add_bytes_field("embedding", FAST),
        stored: schema.add_text_field("stored", STORED),
    };
    (schema.build(), fields)
}

/// Before every word of a store's documents in one language. Always as long, so that none begins another.
pub(crate) fn scope(store: &str, language: Language) -> String {
    let hash = fnv1a(store.bytes().chain([0xff]).chain(language.code().bytes()));
    format!("{hash:016x}:")
}

/// 64 bits of FNV-1a (<http://www.isthe.com/chongo/tech/comp/fnv/>): it is written into files, so it is the same for ever.
pub(crate) fn fnv1a(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_and_languages_have_scopes_of_their_own() {
        let scopes = [
            scope("a", Language::English),
            scope("a", Language::German),
            scope("b", Language::English),
            scope("", Language::English),
        ];
        assert!(scopes.iter().all(|scope| scope.len() == 17));
        for (at, one) in scopes.iter().enumerate() {
            assert!(!scopes[at + 1..].contains(one));
        }
    }
}
