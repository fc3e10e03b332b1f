//! Which rules are right, and when they hold.

use chrono::TimeDelta;

use super::*;

const ONE: &str = "prod_00000000000000000000000000000001";
const TWO: &str = "prod_00000000000000000000000000000002";

fn draft() -> RuleDraft {
    let pin = EffectDraft::Pin(vec![ONE.to_owned()]);
    RuleDraft {
        name: "Summer".to_owned(),
        when: "always".to_owned(),
        effect: Some(pin),
        active: true,
        ..RuleDraft::default()
    }
}

fn rule(draft: &RuleDraft) -> Rule {
    let parsed = draft.parse().expect("it is right");
    parsed.into_rule(SearchRuleId::from_uuid(uuid::Uuid::nil()), StoreId::MAIN, draft.active, Timestamp::UNIX_EPOCH)
}

fn told(draft: &RuleDraft) -> String {
    match draft.parse() {
        Ok(_) => "right".to_owned(),
        Err(errors) => errors.iter().map(|e| format!("{} {}", e.pointer, e.code)).collect::<Vec<_>>().join(", "),
    }
}

#[test]
fn a_rule_is_for_every_text_or_for_one() {
    for (when, text, expected) in [
        ("always", None, "right"),
        ("always", Some("tv"), "/text unknown"),
        ("is", Some(" big  tv "), "right"),
        ("contains", Some("tv"), "right"),
        ("is", None, "/text required"),
        ("contains", Some(""), "/text required"),
        ("contains", Some("a\0"), "/text invalid"),
        ("begins", Some("tv"), "/when unknown"),
    ] {
        let draft = RuleDraft { when: when.to_owned(), text: text.map(str::to_owned), ..draft() };
        assert_eq!(told(&draft), expected, "{when} {text:?}");
    }
    let unnamed = RuleDraft { name: " ".to_owned(), effect: None, ..draft() };
    assert_eq!(told(&unnamed), "/name required,  required");
}

#[test]
fn a_rule_pins_known_ids_once_each() {
    let many: Vec<String> = (0..51).map(|n| format!("prod_{n:032x}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (products, expected) in [
        (vec![TWO, ONE], "right"),
        (many[..50].to_vec(), "right"),
        (many, "/pin too_many"),
        (vec![], "/pin required"),
        (vec![ONE, "tee", ONE], "/pin/1 invalid, /pin/2 duplicate"),
    ] {
        let effect = EffectDraft::Pin(products.iter().map(|id| (*id).to_owned()).collect());
        assert_eq!(told(&RuleDraft { effect: Some(effect), ..draft() }), expected, "{products:?}");
    }
}

#[test]
fn a_rule_weighs_one_thing_by_a_percentage() {
    let none = TargetDraft::default;
    let text = |text: &str| Some(text.to_owned());
    for (target, percent, expected) in [
        (TargetDraft { brand: text("acme"), ..none() }, 150, "right"),
        (TargetDraft { product: text(ONE), ..none() }, 0, "right"),
        (TargetDraft { category: text("shirts"), ..none() }, 1000, "right"),
        (TargetDraft { attribute: Some(("color".to_owned(), "red".to_owned())), ..none() }, 50, "right"),
        (TargetDraft { brand: text("acme"), ..none() }, 1001, "/weigh/percent out_of_range"),
        (TargetDraft { brand: text("acme"), ..none() }, -1, "/weigh/percent out_of_range"),
        (TargetDraft { brand: text("acme"), ..none() }, i64::MAX, "/weigh/percent out_of_range"),
        (TargetDraft { brand: text("Acme Inc"), ..none() }, 1, "/weigh/brand invalid"),
        (TargetDraft { category: text(""), ..none() }, 1, "/weigh/category required"),
        (TargetDraft { product: text("tee"), ..none() }, 1, "/weigh/product invalid"),
        (
            TargetDraft { attribute: Some((String::new(), "\0".to_owned())), ..none() },
            1,
            "/weigh/attribute/key required, /weigh/attribute/value invalid",
        ),
        (none(), 1, "/weigh required"),
        (TargetDraft { brand: text("a"), category: text("b"), ..none() }, 1, "/weigh required"),
    ] {
        let effect = EffectDraft::Weigh { target: target.clone(), percent };
        assert_eq!(told(&RuleDraft { effect: Some(effect), ..draft() }), expected, "{target:?} {percent}");
    }
}

#[test]
fn a_rule_holds_from_its_start_until_just_before_its_end() {
    let at = |minutes| Timestamp::UNIX_EPOCH + TimeDelta::minutes(minutes);
    let sale = rule(&RuleDraft { starts_at: Some(at(10)), ends_at: Some(at(20)), ..draft() });
    for (minute, holds, changes) in
        [(9, false, Some(10)), (10, true, Some(20)), (19, true, Some(20)), (20, false, None), (30, false, None)]
    {
        assert_eq!(sale.is_in_force(at(minute)), holds, "{minute}");
        assert_eq!(sale.changes_after(at(minute)), changes.map(at), "{minute}");
    }
    let off = Rule { active: false, ..sale };
    assert!(!off.is_in_force(at(15)) && off.changes_after(at(0)).is_none());
    assert!(rule(&draft()).is_in_force(at(0)));
    let backwards = RuleDraft { starts_at: Some(at(20)), ends_at: Some(at(20)), ..draft() };
    assert_eq!(told(&backwards), "/ends_at out_of_range");
}

#[test]
fn what_is_left_out_of_a_change_stays() {
    let before = RuleDraft {
        when: "is".to_owned(),
        text: Some("tv".to_owned()),
        active: false,
        starts_at: Some(Timestamp::UNIX_EPOCH),
        ends_at: Some(Timestamp::UNIX_EPOCH + TimeDelta::days(1)),
        ..draft()
    };
    let same = rule(&RulePatch::default().onto(rule(&before).draft()));
    assert_eq!(same, rule(&before));
    let always = RulePatch { when: Some("always".to_owned()), ..RulePatch::default() };
    assert_eq!(rule(&always.onto(before.clone())).when, When::Always);
    let weigh = EffectDraft::Weigh {
        target: TargetDraft { brand: Some("acme".to_owned()), ..TargetDraft::default() },
        percent: 50,
    };
    let weighed = rule(&RulePatch { effect: Some(weigh), ..RulePatch::default() }.onto(before));
    assert_eq!(
        weighed.for_index(),
        index::Merchandising {
            name: "Summer".to_owned(),
            when: index::When::Is("tv".to_owned()),
            effect: index::Effect::Weigh { target: index::Target::Brand("acme".to_owned()), percent: 50 },
        }
    );
}
