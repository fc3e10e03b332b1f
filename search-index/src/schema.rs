//! The fields of the index. Whoever changes them, or how documents are turned into them, raises
//! [`VERSION`]: an index of another version is rebuilt instead of misread.

use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

use crate::analysis::TEXT;

pub(crate) const VERSION: u32 = 2;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    // Identity.
    pub(crate) id: Field,
    pub(crate) store: Field,
    pub(crate) version: Field,
    pub(crate) code: Field,
    // Full text.
    pub(crate) title: Field,
    pub(crate) brand: Field,
    pub(crate) category: Field,
    pub(crate) keywords: Field,
    pub(crate) attributes: Field,
    pub(crate) description: Field,
    // Columns that are filtered, counted and sorted by.
    pub(crate) brand_facet: Field,
    pub(crate) category_facet: Field,
    pub(crate) attribute_facet: Field,
    pub(crate) availability: Field,
    pub(crate) price: Field,
    pub(crate) created_at: Field,
    pub(crate) title_key: Field,
    // Given back.
    pub(crate) stored: Field,
}

pub(crate) fn build() -> (Schema, Fields) {
    let text = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default().set_tokenizer(TEXT).set_index_option(IndexRecordOption::WithFreqs),
    );
    let column = TextOptions::default().set_fast("raw");
    let number = NumericOptions::default().set_fast();

    let mut schema = Schema::builder();
    let fields = Fields {
        id: schema.add_text_field("id", STRING | column.clone()),
        store: schema.add_text_field("store", STRING),
        version: schema.add_u64_field("version", number.clone()),
        code: schema.add_text_field("code", STRING),
        title: schema.add_text_field("title", text.clone()),
        brand: schema.add_text_field("brand", text.clone()),
        category: schema.add_text_field("category", text.clone()),
        keywords: schema.add_text_field("keywords", text.clone()),
        attributes: schema.add_text_field("attributes", text.clone()),
        description: schema.add_text_field("description", text),
        brand_facet: schema.add_text_field("brand_facet", column.clone()),
        category_facet: schema.add_text_field("category_facet", column.clone()),
        attribute_facet: schema.add_text_field("attribute_facet", column.clone()),
        availability: schema.add_u64_field("availability", number.clone()),
        price: schema.add_i64_field("price", number.clone()),
        created_at: schema.add_i64_field("created_at", number),
        title_key: schema.add_text_field("title_key", column),
        stored: schema.add_text_field("stored", STORED),
    };
    (schema.build(), fields)
}
