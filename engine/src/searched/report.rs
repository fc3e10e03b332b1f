//! PURE. What admins ask of the log, and what they are told.

use chrono::NaiveDate;

/// Which texts, in which order. Those that were searched for too seldom are left out, whatever the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// Both days are meant as well.
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub only: Only,
    pub by: Order,
    pub descending: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    All,
    /// Those that at least one search found nothing for.
    WithoutResults,
}

/// By which number; equals by their letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Searches,
    WithoutResults,
    Clicks,
}

/// Where a page ends: the number that it is sorted by, and the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub value: i64,
    pub text: String,
}

/// A text and its numbers, or all texts and theirs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Empty of all together.
    pub text: String,
    pub searches: i64,
    pub without_results: i64,
    /// Those that found something although no product has one of the words.
    pub with_unknown_words: i64,
    pub clicks: i64,
    /// Positions count from 1.
    pub click_position_sum: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub rows: Vec<Row>,
    /// All searches of those days, also those that are not shown.
    pub all: Row,
}

impl Order {
    /// Of the table.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Searches => "searches",
            Self::WithoutResults => "without_results",
            Self::Clicks => "clicks",
        }
    }
}

impl Row {
    /// Where a list that is sorted so goes on after this one.
    pub fn place(&self, by: Order) -> Place {
        let value = match by {
            Order::Searches => self.searches,
            Order::WithoutResults => self.without_results,
            Order::Clicks => self.clicks,
        };
        Place { value, text: self.text.clone() }
    }
}
