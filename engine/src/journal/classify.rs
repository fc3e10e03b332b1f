//! PURE: what PostgreSQL's answer to a batch means, and what to do about it. By SQLSTATE *and* constraint name.

/// What PostgreSQL said.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// None: no answer from the server (connection lost, time-out).
    pub sqlstate: Option<String>,
    pub constraint: Option<String>,
    pub message: String,
}

impl Fault {
    /// No answer at all, for longer than the server itself would have taken to give up.
    pub(super) fn silence() -> Self {
        Self { message: "the database is silent".to_owned(), ..Self::default() }
    }

    /// An order, a hold or a cart was moved by somebody else since it was read. The event of an order's next version is
    /// entered before the order is compared, so that its key may tell first.
    pub(super) fn is_stale(&self) -> bool {
        match (self.sqlstate.as_deref(), self.constraint.as_deref()) {
            (Some(STALE), _) | (Some("23505"), Some("order_events_pkey")) => true,
            (Some(_) | None, _) => false,
        }
    }
}

/// What it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Not applied; the cell is another's or went on without us.
    Fenced,
    /// Not applied; a key or a cart's generation that memory did not know became an order before.
    DoneBefore,
    /// Not applied; one bundle is at fault, which one is found by sending them one by one.
    Poison,
    /// Not applied; memory and database differ on an account.
    Drift,
    /// Not applied; the same batch may be sent again.
    Transient,
    /// Not applied; the database is not able.
    DatabaseDown,
    /// It may or may not be durable. Only taking the cell again tells.
    Unknown,
}

/// Raised by `commit_batch` (see its migration).
pub(super) const FENCED: &str = "DB001";
const DRIFT: &str = "DB002";
const STALE: &str = "DB003";

pub fn classify(fault: &Fault) -> Failure {
    let Some(sqlstate) = fault.sqlstate.as_deref() else { return Failure::Unknown };
    let constraint = fault.constraint.as_deref().unwrap_or_default();
    match (sqlstate, constraint) {
        (FENCED, _) => Failure::Fenced,
        (DRIFT, _) => Failure::Drift,
        (STALE, _) => Failure::Poison,
        ("23505", "orders_idempotency_key_key" | "orders_cart_generation_key" | "idempotency_keys_pkey") => {
            Failure::DoneBefore
        }
        ("23505", "stock_ledger_pkey" | "stock_levels_pkey" | "journal_batches_pkey") => Failure::Drift,
        ("23514", "stock_levels_reserved_within_on_hand" | "stock_levels_safety_not_negative") => Failure::Drift,
        ("40001" | "40P01" | "55P03", _) => Failure::Transient,
        ("57P03" | "25006", _) => Failure::DatabaseDown,
        ("57P01" | "57P02", _) => Failure::Unknown,
        _ if sqlstate.starts_with("53") => Failure::DatabaseDown,
        // The statement was refused whole, for what is in it.
        _ if sqlstate.starts_with("22") || sqlstate.starts_with("23") => Failure::Poison,
        _ => Failure::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_has_a_meaning() {
        let table = [
            (None, "", Failure::Unknown),
            (Some("DB001"), "", Failure::Fenced),
            (Some("DB002"), "", Failure::Drift),
            (Some("DB003"), "", Failure::Poison),
            (Some("23505"), "orders_idempotency_key_key", Failure::DoneBefore),
            (Some("23505"), "orders_cart_generation_key", Failure::DoneBefore),
            (Some("23505"), "idempotency_keys_pkey", Failure::DoneBefore),
            (Some("23505"), "stock_ledger_pkey", Failure::Drift),
            (Some("23505"), "journal_batches_pkey", Failure::Drift),
            (Some("23505"), "orders_order_no_key", Failure::Poison),
            (Some("23505"), "order_events_pkey", Failure::Poison),
            (Some("23514"), "stock_levels_reserved_within_on_hand", Failure::Drift),
            (Some("23514"), "orders_grand_in_range", Failure::Poison),
            (Some("22021"), "", Failure::Poison),
            (Some("23503"), "", Failure::Poison),
            (Some("40001"), "", Failure::Transient),
            (Some("40P01"), "", Failure::Transient),
            (Some("55P03"), "", Failure::Transient),
            (Some("53100"), "", Failure::DatabaseDown),
            (Some("53300"), "", Failure::DatabaseDown),
            (Some("57P03"), "", Failure::DatabaseDown),
            (Some("25006"), "", Failure::DatabaseDown),
            (Some("57P01"), "", Failure::Unknown),
            (Some("57P02"), "", Failure::Unknown),
            (Some("57014"), "", Failure::Unknown),
            (Some("08006"), "", Failure::Unknown),
            (Some("XX000"), "", Failure::Unknown),
        ];
        for (sqlstate, constraint, meaning) in table {
            let fault = Fault {
                sqlstate: sqlstate.map(str::to_owned),
                constraint: Some(constraint.to_owned()),
                message: String::new(),
            };
            assert_eq!(classify(&fault), meaning, "{sqlstate:?} {constraint}");
        }
    }
}
