//! Tax classes: what rate a variant is taxed at. Made by migrations and settings of the store; the catalogue only reads.

use crate::pricing::TaxRate;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxClass {
    /// What variants refer to it by: `standard`.
    pub code: String,
    pub name: String,
    pub rate: TaxRate,
}
