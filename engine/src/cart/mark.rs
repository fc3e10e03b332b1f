//! What is the matter with a line, found when it is looked at: carts live longer than offers do.

use crate::catalog::Offer;
use crate::clock::Timestamp;

use super::cart::Line;

/// Whether a line could be bought now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Buyable,
    /// No such SKU any more, or it means another thing now.
    Unknown,
    /// Out of the catalogue.
    Archived,
    NotOnSaleYet {
        opens_at: Timestamp,
    },
    SoldOut,
    /// Fewer are left than the line wants.
    Short {
        available: i64,
    },
}

/// `available`: how many can be sold, where that is known.
pub fn mark(line: &Line, offer: Option<&Offer>, available: Option<i64>, now: Timestamp) -> Mark {
    let Some(offer) = offer.filter(|offer| offer.variant_id == line.variant_id) else { return Mark::Unknown };
    if !offer.sellable {
        return Mark::Archived;
    }
    if let Some(opens_at) = offer.on_sale_from.filter(|&opens_at| now < opens_at) {
        return Mark::NotOnSaleYet { opens_at };
    }
    match available {
        Some(available) if available <= 0 => Mark::SoldOut,
        Some(available) if available < line.quantity.get() => Mark::Short { available },
        Some(_) | None => Mark::Buyable,
    }
}
