//! What comes of two carts: the one that a guest filled and the one of the account they turn out to be. Pure.
//!
//! The policy: quantities of one SKU are added up. What is in the account's cart stays as it is; what comes to it is cut to
//! what one buyer may have of it, and, where the shop shows exact numbers, to what is left. (Where it does not, a cart must
//! not tell them either: the line is marked as too long when it is looked at.) What is not for sale any more, or means
//! another thing by now, is left behind. The guest's cart is empty afterwards, in any case.

use crate::catalog::{AvailabilityPolicy, Offer, Sku};
use crate::clock::Timestamp;
use crate::pricing::LINES_MAX;
use crate::quantity::Quantity;

use super::cart::{Contents, Line};

/// What both carts are to be, and what did not come along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) from: Contents,
    pub(super) into: Contents,
    pub(super) cut: Vec<Cut>,
}

/// A line of the guest's that did not come along as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    pub sku: Sku,
    /// Of both carts together.
    pub asked: i64,
    pub kept: i64,
    pub reason: CutReason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CutReason {
    /// One buyer may have no more.
    PurchaseLimit,
    /// There is no more.
    Stock,
    /// A line has no room for more, or the cart for another line.
    CartFull,
    /// There is no such thing any more, or not for sale.
    NotForSale,
}

/// `goods`: of each line of `from`, its offer and how many can be sold, where that is known. None: there is nothing to merge.
pub(super) fn plan<'a>(
    from: &Contents,
    into: &Contents,
    goods: impl IntoIterator<Item = (Option<&'a Offer>, Option<i64>)>,
    now: Timestamp,
) -> Option<Plan> {
    if from.lines.is_empty() {
        return None;
    }
    let mut lines = into.lines.clone();
    let mut cut = Vec::new();
    for (line, (offer, available)) in from.lines.iter().zip(goods) {
        let place = lines.iter().position(|there| there.sku == line.sku);
        let there = place.map_or(0, |place| lines[place].quantity.get());
        let asked = there.saturating_add(line.quantity.get());
        let (kept, reason) = match offer.filter(|offer| offer.sellable && offer.variant_id == line.variant_id) {
            None => (there, Some(CutReason::NotForSale)),
            Some(_) if place.is_none() && lines.len() >= LINES_MAX => (0, Some(CutReason::CartFull)),
            Some(offer) => most(asked, offer, available),
        };
        // Nothing is taken out of the account's own cart.
        let kept = kept.max(there);
        if let Some(reason) = reason {
            cut.push(Cut { sku: line.sku.clone(), asked, kept, reason });
        }
        if kept > there {
            let quantity = Quantity::new(kept).expect("at most what a line may have");
            match place {
                Some(place) => {
                    lines[place].quantity = quantity;
                    lines[place].variant_id = line.variant_id;
                }
                None => lines.push(Line { quantity, ..line.clone() }),
            }
        }
    }
    let changed = |cart: &Contents, lines: Vec<Line>| Contents {
        version: cart.version + 1,
        lines,
        updated_at: now,
        ..cart.clone()
    };
    Some(Plan { from: changed(from, Vec::new()), into: changed(into, lines), cut })
}

/// As many of what is asked as may be, and what keeps the rest away.
fn most(asked: i64, offer: &Offer, available: Option<i64>) -> (i64, Option<CutReason>) {
    let limit = offer.purchase_limit.map(|limit| (limit.max, CutReason::PurchaseLimit));
    let stock = available
        .filter(|_| offer.availability == AvailabilityPolicy::Exact)
        .map(|available| (available.max(0), CutReason::Stock));
    let bounds = [limit, stock, Some((Quantity::MAX, CutReason::CartFull))];
    let tightest = bounds.into_iter().flatten().min_by_key(|(most, _)| *most);
    match tightest {
        Some((most, reason)) if most < asked => (most, Some(reason)),
        Some(_) | None => (asked, None),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use uuid::Uuid;

    use super::*;
    use crate::cart::Owner;
    use crate::catalog::{PurchaseLimit, sample_offer};
    use crate::id::{PrincipalId, StoreId, VariantId};

    fn noon() -> Timestamp {
        DateTime::from_timestamp(1_767_268_800, 0).expect("a time")
    }

    fn cart(principal: u128, version: i64, lines: &str) -> Contents {
        let owner = Owner { store: StoreId::MAIN, principal: PrincipalId::from_uuid(Uuid::from_u128(principal)) };
        let line = |text: &str| {
            let (quantity, sku) = text.trim().split_once(' ').expect("a quantity and a SKU");
            Line {
                sku: Sku::parse(sku).expect("a SKU"),
                variant_id: sample_offer(sku).variant_id,
                quantity: Quantity::new(quantity.parse().expect("a number")).expect("a quantity"),
                added_at: noon(),
            }
        };
        let lines = lines.split(',').filter(|text| !text.trim().is_empty()).map(line).collect();
        Contents { version, generation: 3, lines, ..Contents::empty(owner, noon()) }
    }

    fn shown(cart: &Contents) -> String {
        let lines: Vec<_> = cart.lines.iter().map(|line| format!("{} {}", line.quantity, line.sku)).collect();
        lines.join(", ")
    }

    /// What is known of the goods, in words: `limit 3`, `exactly 5 left`, `5 left`, `gone`, `another`.
    fn offer(sku: &str, words: &str) -> (Option<Offer>, Option<i64>) {
        let mut offer = sample_offer(sku);
        let mut available = None;
        for word in words.split(';').map(str::trim).filter(|word| !word.is_empty()) {
            let number = || word.split(' ').find_map(|part| part.parse::<i64>().ok()).expect("a number");
            match word {
                "gone" => return (None, None),
                "archived" => offer.sellable = false,
                "another" => offer.variant_id = VariantId::from_uuid(Uuid::from_u128(999)),
                _ if word.starts_with("limit") => {
                    offer.purchase_limit = Some(PurchaseLimit { max: number(), window_s: None });
                }
                _ if word.starts_with("exactly") => {
                    offer.availability = AvailabilityPolicy::Exact;
                    available = Some(number());
                }
                _ => available = Some(number()),
            }
        }
        (Some(offer), available)
    }

    fn check(guest: &str, own: &str, goods: &[&str], expected: &str) {
        let (from, into) = (cart(1, 7, guest), cart(2, 4, own));
        let goods: Vec<_> = from.lines.iter().zip(goods).map(|(line, words)| offer(line.sku.as_str(), words)).collect();
        let goods = goods.iter().map(|(offer, available)| (offer.as_ref(), *available));
        let later = noon() + TimeDelta::hours(1);
        let plan = plan(&from, &into, goods, later).expect("something to merge");
        let cut: Vec<_> =
            plan.cut.iter().map(|cut| format!("{} of {} {}: {:?}", cut.kept, cut.asked, cut.sku, cut.reason)).collect();
        assert_eq!(format!("{} | {}", shown(&plan.into), cut.join(", ")), expected, "{guest} into {own}");
        assert_eq!((plan.from.version, plan.from.generation, plan.from.lines.len()), (8, 3, 0));
        assert_eq!((plan.into.version, plan.into.generation, plan.into.updated_at), (5, 3, later));
    }

    #[test]
    fn quantities_add_up_and_new_lines_come_behind() {
        check("2 A, 1 B", "", &["", ""], "2 A, 1 B | ");
        check("2 A, 1 B", "3 C, 1 A", &["", ""], "3 C, 3 A, 1 B | ");
    }

    #[test]
    fn no_more_comes_than_one_buyer_may_have_or_than_there_are() {
        check("2 A", "1 A", &["limit 2"], "2 A | 2 of 3 A: PurchaseLimit");
        check("5 A", "", &["limit 4; exactly 3 left"], "3 A | 3 of 5 A: Stock");
        check("5 A", "", &["limit 3; exactly 4 left"], "3 A | 3 of 5 A: PurchaseLimit");
        check("5 A", "", &["exactly 0 left"], " | 0 of 5 A: Stock");
        // A number that is not shown is not told by a cart either.
        check("5 A", "", &["3 left"], "5 A | ");
        check("999999 A", "2 A", &[""], "1000000 A | 1000000 of 1000001 A: CartFull");
    }

    #[test]
    fn what_is_in_the_account_s_cart_stays() {
        check("1 A", "5 A", &["limit 2"], "5 A | 5 of 6 A: PurchaseLimit");
        check("1 A", "5 A", &["exactly 0 left"], "5 A | 5 of 6 A: Stock");
        check("1 A", "5 A", &["gone"], "5 A | 5 of 6 A: NotForSale");
    }

    #[test]
    fn what_is_not_for_sale_stays_behind() {
        check(
            "1 A, 2 B, 3 C, 4 D",
            "",
            &["gone", "archived", "another", ""],
            "4 D | 0 of 1 A: NotForSale, 0 of 2 B: NotForSale, 0 of 3 C: NotForSale",
        );
    }

    #[test]
    fn a_full_cart_takes_no_further_line() {
        let many: Vec<_> = (0..LINES_MAX).map(|n| format!("1 L{n}")).collect();
        let (from, into) = (cart(1, 1, "1 L0, 1 NEW"), cart(2, 1, &many.join(",")));
        let (known, new) = (sample_offer("L0"), sample_offer("NEW"));
        let plan = plan(&from, &into, [(Some(&known), None), (Some(&new), None)], noon()).expect("a plan");
        assert_eq!(plan.into.lines.len(), LINES_MAX);
        assert_eq!(plan.into.lines[0].quantity.get(), 2);
        let full = Cut { sku: new.sku, asked: 1, kept: 0, reason: CutReason::CartFull };
        assert_eq!(plan.cut, [full]);
    }

    #[test]
    fn an_empty_cart_changes_nothing() {
        assert_eq!(plan(&cart(1, 8, ""), &cart(2, 4, "1 A"), [], noon()), None);
    }
}
