//! Rules: read, made, changed, removed.

use crate::audit::Subject;
use crate::catalog::{FieldErrors, Fields};
use crate::id::{ProductId, SearchRuleId, StoreId};
use crate::idempotency::{Keyed, Made};

use super::error::{Error, Thing};
use super::handle::{Merchandising, Writing, expect_version};
use super::rule::{Effect, ParsedRule, Rule, RuleDraft, RulePatch, Target};
use super::store::{self, RULES_MAX};

/// What the trail calls one.
const KIND: &str = "search_rule";

impl Merchandising {
    pub async fn rule(&self, store: StoreId, id: SearchRuleId) -> Result<Rule, Error> {
        self.read(move |connection| {
            Box::pin(async move { store::rule(connection, store, id).await?.ok_or(Error::NotFound(Thing::Rule)) })
        })
        .await
    }

    /// By id, those after `after`.
    pub async fn rules_after(
        &self,
        store: StoreId,
        after: Option<SearchRuleId>,
        limit: i64,
    ) -> Result<Vec<Rule>, Error> {
        self.read(move |connection| {
            Box::pin(async move { Ok(store::rules_after(connection, store, after, limit).await?) })
        })
        .await
    }

    pub async fn make_rule(
        &self,
        store: StoreId,
        draft: RuleDraft,
        keyed: Option<Keyed<Rule>>,
    ) -> Result<Made<Rule>, Error> {
        self.make(store, keyed, move |writing| Box::pin(create(writing, draft))).await
    }

    /// `expected` is the version that the caller saw; none: whatever is there.
    pub async fn change_rule(
        &self,
        store: StoreId,
        id: SearchRuleId,
        expected: Option<i64>,
        patch: RulePatch,
    ) -> Result<Rule, Error> {
        self.write(store, move |writing| Box::pin(change(writing, id, expected, patch))).await
    }

    /// `expected` is the version that the caller saw; none: whatever is there.
    pub async fn remove_rule(&self, store: StoreId, id: SearchRuleId, expected: Option<i64>) -> Result<(), Error> {
        self.write(store, move |writing| Box::pin(remove(writing, id, expected))).await
    }
}

async fn create(writing: &mut Writing<'_>, draft: RuleDraft) -> Result<Rule, Error> {
    let parsed = draft.parse()?;
    check_what_is_named(writing, &parsed.effect).await?;
    store::wait_in_line(writing.connection, writing.store).await?;
    if store::count_rules(writing.connection, writing.store).await? >= RULES_MAX {
        return Err(Error::Full { of: Thing::Rule, max: RULES_MAX });
    }
    let id = SearchRuleId::from_uuid(writing.ids.next(writing.now));
    let rule = parsed.into_rule(id, writing.store, draft.active, writing.now);
    store::insert_rule(writing.connection, &rule).await?;
    writing.tell_made(Subject::new(KIND, rule.id), rule.picture());
    Ok(rule)
}

async fn change(
    writing: &mut Writing<'_>,
    id: SearchRuleId,
    expected: Option<i64>,
    patch: RulePatch,
) -> Result<Rule, Error> {
    let before = locked(writing, id, expected).await?;
    let draft = patch.onto(before.draft());
    let ParsedRule { name, when, effect, starts_at, ends_at } = draft.parse()?;
    if effect != before.effect {
        check_what_is_named(writing, &effect).await?;
    }
    let (active, version, updated_at) = (draft.active, before.version + 1, writing.now);
    let after = Rule { name, when, effect, active, starts_at, ends_at, version, updated_at, ..before.clone() };
    store::update_rule(writing.connection, &after).await?;
    writing.tell_changed(Subject::new(KIND, id), before.picture(), after.picture());
    Ok(after)
}

async fn remove(writing: &mut Writing<'_>, id: SearchRuleId, expected: Option<i64>) -> Result<(), Error> {
    let rule = locked(writing, id, expected).await?;
    store::delete_rule(writing.connection, id).await?;
    writing.tell_removed(Subject::new(KIND, id), rule.picture());
    Ok(())
}

async fn locked(writing: &mut Writing<'_>, id: SearchRuleId, expected: Option<i64>) -> Result<Rule, Error> {
    let rule = store::rule_for_update(writing.connection, writing.store, id).await?;
    let rule = rule.ok_or(Error::NotFound(Thing::Rule))?;
    expect_version(expected, rule.version)?;
    Ok(rule)
}

/// A name that nothing has is a slip. What is archived or renamed later leaves a rule that does nothing, until it is there
/// again. Attributes are nobody's to know.
async fn check_what_is_named(writing: &mut Writing<'_>, effect: &Effect) -> Result<(), Error> {
    let (connection, store) = (&mut *writing.connection, writing.store);
    match effect {
        Effect::Pin(products) => {
            let known = store::known_products(connection, store, products).await?;
            let mut fields = Fields::default();
            for (n, _) in products.iter().enumerate().filter(|(_, id)| !known.contains(id)) {
                fields.refuse(&format!("/pin/{n}"), "unknown", "no such product");
            }
            fields.finish()?;
        }
        Effect::Weigh { target: Target::Product(id), .. } => {
            let known: Vec<ProductId> = store::known_products(connection, store, &[*id]).await?;
            if known.is_empty() {
                return Err(unknown("/weigh/product", "no such product"));
            }
        }
        Effect::Weigh { target: Target::Brand(slug), .. } => {
            if !store::has_brand(connection, store, slug).await? {
                return Err(unknown("/weigh/brand", "no such brand"));
            }
        }
        Effect::Weigh { target: Target::Category(slug), .. } => {
            if !store::has_category(connection, store, slug).await? {
                return Err(unknown("/weigh/category", "no such category"));
            }
        }
        Effect::Weigh { target: Target::Attribute { .. }, .. } => {}
    }
    Ok(())
}

fn unknown(pointer: &str, detail: &str) -> Error {
    Error::Invalid(FieldErrors::one(pointer, "unknown", detail))
}
