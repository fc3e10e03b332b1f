//! PURE. What the shop says about words and products: synonyms, and what stands higher, lower or first.

/// The rules of one store, read once and used by every search.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    pub(crate) synonyms: Vec<Synonym>,
    pub(crate) merchandising: Vec<Merchandising>,
}

/// Words, or several words in a row, that mean the same in this shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synonym {
    /// What is typed. Of two-way synonyms, any of them stands for all.
    pub words: Vec<String>,
    /// One way: who types one of `words` is also shown these, and not the other way round. Empty: two-way.
    pub means: Vec<String>,
}

/// Moves products, for some searches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merchandising {
    /// By which an explanation names it.
    pub name: String,
    pub when: When,
    pub effect: Effect,
}

/// For which texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// Every text, and none.
    Always,
    /// These words in any form and order, and no others.
    Is(String),
    /// These words in any form and order, and perhaps others.
    Contains(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// These products first, in this order, as far as the filters let them pass, whatever their words.
    Pin(Vec<String>),
    /// The score of what is meant, in percent: above 100 it is boosted, below it is buried, 0 leaves it out.
    Weigh { target: Target, percent: u32 },
}

/// Which products. By id of the document, or slugs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Product(String),
    Brand(String),
    Category(String),
    Attribute { key: String, value: String },
}

impl Rules {
    pub fn new(synonyms: Vec<Synonym>, merchandising: Vec<Merchandising>) -> Rules {
        Rules { synonyms, merchandising }
    }
}
