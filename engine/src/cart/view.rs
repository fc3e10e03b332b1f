//! A cart as its owner sees it: each line with its offer, what is the matter with it and what it costs now. Pure.

use std::sync::Arc;

use crate::catalog::Offer;
use crate::clock::Timestamp;
use crate::pricing::{self, Item, Quote, QuotedLine, Rules, quote};

use super::cart::{Contents, Line};
use super::mark::{Mark, mark};

#[derive(Debug, Clone)]
pub struct CartView {
    pub contents: Arc<Contents>,
    /// In the cart's order.
    pub lines: Vec<ViewedLine>,
    /// What the lines that are still for sale cost together, in stock or not. A promise of nothing: checkout asks anew.
    pub quote: Result<Quote, pricing::Error>,
}

#[derive(Debug, Clone)]
pub struct ViewedLine {
    pub line: Line,
    pub offer: Option<Arc<Offer>>,
    pub mark: Mark,
    /// None where it is not for sale any more, or the cart as a whole has no price.
    pub price: Option<QuotedLine>,
}

impl CartView {
    /// `offers` and `available` belong to the cart's lines, one for one.
    pub fn of(
        contents: Arc<Contents>,
        offers: Vec<Option<Arc<Offer>>>,
        available: &[Option<i64>],
        rules: &Rules,
        now: Timestamp,
    ) -> Self {
        let marked = contents.lines.iter().zip(offers).zip(available);
        let mut lines: Vec<ViewedLine> = marked
            .map(|((line, offer), &available)| {
                let mark = mark(line, offer.as_deref(), available, now);
                let offer = offer.filter(|_| mark != Mark::Unknown);
                ViewedLine { line: line.clone(), offer, mark, price: None }
            })
            .collect();
        let items: Vec<Item> = lines.iter().filter_map(ViewedLine::item).collect();
        let quote = quote(&items, rules, now);
        if let Ok(quote) = &quote {
            let priced = lines.iter_mut().filter(|line| line.item().is_some());
            for (line, quoted) in priced.zip(&quote.lines) {
                line.price = Some(*quoted);
            }
        }
        Self { contents, lines, quote }
    }
}

impl ViewedLine {
    fn item(&self) -> Option<Item> {
        match self.mark {
            Mark::Unknown | Mark::Archived => None,
            Mark::Buyable | Mark::NotOnSaleYet { .. } | Mark::SoldOut | Mark::Short { .. } => {
                let price = self.offer.as_ref()?.price;
                Some(Item { variant_id: self.line.variant_id, quantity: self.line.quantity, price })
            }
        }
    }
}
