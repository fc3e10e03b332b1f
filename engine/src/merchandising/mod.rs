//! What a shop says about words and products when somebody searches: synonyms, and rules that put products first, higher or
//! lower, always or for some texts.
//!
//! ```text
//!  admin's change: rows + outbox row + trail, one transaction --> every server reads the store's rules again --> `InForce`
//!                                                                                                      a search asks --^
//! ```
//!
//! Searches read memory alone. What a rule does to a list is the index's; here is which rules there are, and which of them
//! hold now.

// --- what they are, and when they are right (pure)
mod phrase;
mod picture;
mod rule;
mod synonym;

// --- how they are kept
mod once;
mod rules;
mod store;
mod synonyms;

// --- the face
mod error;
mod handle;
mod in_force;

pub use error::{Error, Thing};
pub use handle::{Merchandising, TOPIC};
pub use in_force::InForce;
pub use phrase::{Phrase, PhraseError};
pub use rule::{Effect, EffectDraft, Rule, RuleDraft, RulePatch, Target, TargetDraft, When};
pub use store::{RULES_MAX, SYNONYMS_MAX};
pub use synonym::{Synonym, SynonymDraft, SynonymPatch, WORDS_MAX};
