//! One check: a sentence that must be true, and the SQL that looks for where it is not.

use tokio_postgres::Transaction;

use super::report::{Finding, Violation};

pub(super) struct Check {
    pub(super) name: &'static str,
    /// What must be true.
    pub(super) says: &'static str,
    /// A query of one number: how many things were looked at.
    pub(super) examined: &'static str,
    /// A query of (subject, detail), one row where it is not true.
    pub(super) violations: &'static str,
}

impl Check {
    pub(super) async fn run(&self, snapshot: &Transaction<'_>, examples: u32) -> anyhow::Result<Finding> {
        let examined: i64 = snapshot.query_one(self.examined, &[]).await?.get(0);
        let query = format!(
            "with violations (subject, detail) as materialized ({})
             select (select count(*) from violations), subject, detail from violations order by subject limit {}",
            self.violations,
            examples.max(1)
        );
        let rows = snapshot.query(&query, &[]).await?;
        let violations = rows.first().map_or(0, |row| row.get::<_, i64>(0));
        let shown = rows.iter().take(examples as usize);
        let examples = shown.map(|row| Violation { subject: row.get(1), detail: row.get(2) }).collect();
        Ok(Finding { check: self.name, says: self.says, examined, violations, examples })
    }
}

/// SQL for the name of a stock account, for people: `row` has `variant_id` and `location_id`.
macro_rules! account {
    ($row:literal) => {
        concat!(
            "coalesce((select 'SKU ' || v.sku from variants v where v.id = ",
            $row,
            ".variant_id), 'variant ' || ",
            $row,
            ".variant_id) || coalesce((select ' at ' || p.code from locations p where p.id = ",
            $row,
            ".location_id), ' at ' || ",
            $row,
            ".location_id)"
        )
    };
}

/// Likewise for an order; `id` is the expression of its id.
macro_rules! order {
    ($id:literal) => {
        concat!("'order ord_' || replace(", $id, "::text, '-', '')")
    };
}

pub(super) use {account, order};
