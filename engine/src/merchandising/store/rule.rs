//! Rules.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::catalog::{Slug, Title};
use crate::clock::Timestamp;
use crate::id::{ProductId, SearchRuleId, StoreId};
use crate::postgres::schema::search_rules;

use super::super::phrase::Phrase;
use super::super::rule::{Effect, Rule, Target, When};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = search_rules, treat_none_as_null = true)]
struct RuleRow {
    id: SearchRuleId,
    store_id: StoreId,
    name: String,
    condition: String,
    condition_text: Option<String>,
    pinned: Option<Vec<ProductId>>,
    target: Option<String>,
    target_key: Option<String>,
    target_value: Option<String>,
    percent: Option<i32>,
    active: bool,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Only by a hand that wrote past this program.
#[derive(Debug, thiserror::Error)]
#[error("the rule {0} cannot be read")]
struct Unreadable(SearchRuleId);

pub(in crate::merchandising) async fn insert_rule(connection: &mut AsyncPgConnection, rule: &Rule) -> QueryResult<()> {
    diesel::insert_into(search_rules::table).values(RuleRow::from(rule)).execute(connection).await?;
    Ok(())
}

pub(in crate::merchandising) async fn update_rule(connection: &mut AsyncPgConnection, rule: &Rule) -> QueryResult<()> {
    diesel::update(search_rules::table.find(rule.id)).set(RuleRow::from(rule)).execute(connection).await?;
    Ok(())
}

pub(in crate::merchandising) async fn delete_rule(
    connection: &mut AsyncPgConnection,
    id: SearchRuleId,
) -> QueryResult<()> {
    diesel::delete(search_rules::table.find(id)).execute(connection).await?;
    Ok(())
}

pub(in crate::merchandising) async fn rule_for_update(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: SearchRuleId,
) -> QueryResult<Option<Rule>> {
    let row = search_rules::table.find(id).filter(search_rules::store_id.eq(store)).for_update();
    row.select(RuleRow::as_select()).first(connection).await.optional()?.map(RuleRow::read).transpose()
}

pub(in crate::merchandising) async fn rule(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: SearchRuleId,
) -> QueryResult<Option<Rule>> {
    let row = search_rules::table.find(id).filter(search_rules::store_id.eq(store));
    row.select(RuleRow::as_select()).first(connection).await.optional()?.map(RuleRow::read).transpose()
}

/// By id, those after `after`.
pub(in crate::merchandising) async fn rules_after(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    after: Option<SearchRuleId>,
    limit: i64,
) -> QueryResult<Vec<Rule>> {
    let mut query = search_rules::table.filter(search_rules::store_id.eq(store)).into_boxed();
    if let Some(after) = after {
        query = query.filter(search_rules::id.gt(after));
    }
    let rows = query.order(search_rules::id).limit(limit).select(RuleRow::as_select()).load(connection).await?;
    rows.into_iter().map(RuleRow::read).collect()
}

/// By id; of every store if none is given. One that cannot be read does nothing, and the others do.
pub(in crate::merchandising) async fn all_rules(
    connection: &mut AsyncPgConnection,
    store: Option<StoreId>,
) -> QueryResult<Vec<Rule>> {
    let mut query = search_rules::table.into_boxed();
    if let Some(store) = store {
        query = query.filter(search_rules::store_id.eq(store));
    }
    let rows = query.order(search_rules::id).select(RuleRow::as_select()).load(connection).await?;
    let readable = |row: RuleRow| row.read().inspect_err(|error| tracing::error!(%error, "a rule does nothing")).ok();
    Ok(rows.into_iter().filter_map(readable).collect())
}

pub(in crate::merchandising) async fn count_rules(
    connection: &mut AsyncPgConnection,
    store: StoreId,
) -> QueryResult<i64> {
    search_rules::table.filter(search_rules::store_id.eq(store)).count().get_result(connection).await
}

impl From<&Rule> for RuleRow {
    fn from(rule: &Rule) -> Self {
        let (condition, text) = rule.when.parts();
        let (pinned, target, percent) = match &rule.effect {
            Effect::Pin(products) => (Some(products.clone()), None, None),
            Effect::Weigh { target, percent } => (None, Some(named(target)), Some(i32::from(*percent))),
        };
        let (target, target_key, target_value) =
            target.map_or((None, None, None), |(kind, key, value)| (Some(kind.to_owned()), key, Some(value)));
        Self {
            id: rule.id,
            store_id: rule.store_id,
            name: rule.name.to_string(),
            condition: condition.to_owned(),
            condition_text: text.map(Phrase::to_string),
            pinned,
            target,
            target_key,
            target_value,
            percent,
            active: rule.active,
            starts_at: rule.starts_at,
            ends_at: rule.ends_at,
            version: rule.version,
            created_at: rule.created_at,
            updated_at: rule.updated_at,
        }
    }
}

/// Kind, key, value.
fn named(target: &Target) -> (&'static str, Option<String>, String) {
    match target {
        Target::Product(id) => ("product", None, id.to_string()),
        Target::Brand(slug) => ("brand", None, slug.to_string()),
        Target::Category(slug) => ("category", None, slug.to_string()),
        Target::Attribute { key, value } => ("attribute", Some(key.clone()), value.clone()),
    }
}

impl RuleRow {
    fn read(self) -> QueryResult<Rule> {
        let unreadable = || diesel::result::Error::DeserializationError(Box::new(Unreadable(self.id)));
        Ok(Rule {
            name: Title::parse(&self.name).map_err(|_| unreadable())?,
            when: self.when().ok_or_else(unreadable)?,
            effect: self.effect().ok_or_else(unreadable)?,
            id: self.id,
            store_id: self.store_id,
            active: self.active,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }

    fn when(&self) -> Option<When> {
        let text = self.condition_text.as_deref().map(Phrase::stored);
        match self.condition.as_str() {
            "always" => Some(When::Always),
            "is" => text.map(When::Is),
            "contains" => text.map(When::Contains),
            _ => None,
        }
    }

    fn effect(&self) -> Option<Effect> {
        if let Some(products) = &self.pinned {
            return Some(Effect::Pin(products.clone()));
        }
        let value = self.target_value.as_deref()?;
        let target = match self.target.as_deref()? {
            "product" => Target::Product(value.parse().ok()?),
            "brand" => Target::Brand(Slug::parse(value).ok()?),
            "category" => Target::Category(Slug::parse(value).ok()?),
            "attribute" => Target::Attribute { key: self.target_key.clone()?, value: value.to_owned() },
            _ => return None,
        };
        Some(Effect::Weigh { target, percent: self.percent.and_then(|percent| u16::try_from(percent).ok())? })
    }
}
