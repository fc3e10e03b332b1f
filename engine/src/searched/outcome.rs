//! PURE. How a search went, as far as its words say.

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Outcome {
    #[default]
    Found,
    /// Something, although no product has one of the words: mistyped, or missed.
    FoundWithUnknownWords,
    /// Nothing good.
    Nothing,
}
