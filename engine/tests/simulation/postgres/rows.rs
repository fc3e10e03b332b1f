//! A batch as rows that the simulated PostgreSQL can keep: what the columns of the statement say, read back.

use engine::cart::Contents;
use engine::clock::Timestamp;
use engine::id::{AuditId, CartId, LocationId, OrderId, PrincipalId, StoreId, VariantId};
use engine::inventory::{AccountId, HoldKey, Level};
use engine::journal::Batch;
use engine::money::Currency;
use engine::order::{OrderDetail, OrderLine, OrderNo, OrderSnapshot, PaymentStatus, Progress, State, Status};
use engine::pricing::Totals;
use engine::quantity::Quantity;
use uuid::Uuid;

/// What one batch wants written.
pub(crate) struct Wanted {
    pub(crate) number: i64,
    pub(crate) epoch: i64,
    pub(crate) digest: [u8; 32],
    pub(crate) at: Timestamp,
    pub(crate) orders: Vec<OrderSnapshot>,
    pub(crate) holds: Vec<(HoldKey, Hold)>,
    pub(crate) levels: Vec<(AccountId, i64, Level)>,
    pub(crate) ledger: Vec<(AccountId, i64, Entry)>,
    pub(crate) hold_moves: Vec<HoldMove>,
    pub(crate) limits: Vec<(Usage, i64)>,
    pub(crate) order_moves: Vec<OrderMove>,
    pub(crate) carts: Vec<Conversion>,
    pub(crate) answers: Vec<(AnswerKey, Answer)>,
    pub(crate) audit: Vec<AuditLine>,
}

/// A line of the audit trail: which, and what it is about.
pub(crate) struct AuditLine {
    pub(crate) id: AuditId,
    pub(crate) subject: (&'static str, String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) quantity: i64,
    pub(crate) returned: i64,
    pub(crate) state: &'static str,
    pub(crate) principal: PrincipalId,
    pub(crate) limit_window: Option<i64>,
    pub(crate) expires_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) batch: i64,
    pub(crate) kind: &'static str,
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
    pub(crate) order: Option<OrderId>,
}

pub(crate) struct HoldMove {
    pub(crate) key: HoldKey,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) returned_before: i64,
    pub(crate) returned: i64,
}

pub(crate) struct OrderMove {
    pub(crate) id: OrderId,
    pub(crate) version: i64,
    pub(crate) from: Status,
    pub(crate) to: Status,
    pub(crate) payment: Option<PaymentStatus>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) progress: Option<Progress>,
    pub(crate) actor: String,
}

pub(crate) struct Conversion {
    pub(crate) cart: CartId,
    pub(crate) version: i64,
    pub(crate) generation: i64,
    pub(crate) order: OrderId,
}

/// Variant, principal, window.
pub(crate) type Usage = (VariantId, PrincipalId, i64);
/// Principal, route, key.
pub(crate) type AnswerKey = (PrincipalId, String, String);

#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) fingerprint: Vec<u8>,
    pub(crate) status: i32,
    pub(crate) body: String,
}

fn account(variant: Uuid, location: Uuid) -> AccountId {
    AccountId { variant: VariantId::from_uuid(variant), location: LocationId::from_uuid(location) }
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "batch {} of epoch {} is durable:", self.number, self.epoch)?;
        for order in &self.orders {
            write!(f, " order {} of {},", order.id, order.idempotency_key)?;
        }
        for moved in &self.order_moves {
            write!(f, " order {} {} by {},", moved.id, moved.to, moved.actor)?;
        }
        for (account, seq, entry) in &self.ledger {
            let kind = account.variant.uuid().as_u128() & 0xff;
            write!(f, " KIND-{kind} {seq} {} {}/{},", entry.kind, entry.on_hand, entry.reserved)?;
        }
        Ok(())
    }
}

impl Wanted {
    pub(crate) fn of(batch: &Batch) -> Self {
        let rows = &batch.rows;
        Self {
            number: batch.number,
            epoch: batch.epoch,
            digest: batch.digest,
            at: batch.at,
            orders: orders(batch),
            holds: holds(batch),
            levels: levels(batch),
            ledger: ledger(batch),
            hold_moves: hold_moves(batch),
            limits: {
                let (l, ids) = (&rows.limits, rows.limits.variants.iter().enumerate());
                ids.map(|(n, variant)| {
                    let principal = PrincipalId::from_uuid(l.principals[n]);
                    ((VariantId::from_uuid(*variant), principal, l.windows[n]), l.deltas[n])
                })
                .collect()
            },
            order_moves: order_moves(batch),
            carts: {
                let c = &rows.carts;
                (0..c.ids.len())
                    .map(|n| Conversion {
                        cart: CartId::from_uuid(c.ids[n]),
                        version: c.versions[n],
                        generation: c.generations[n],
                        order: OrderId::from_uuid(c.orders[n]),
                    })
                    .collect()
            },
            answers: {
                let a = &rows.answers;
                (0..a.keys.len())
                    .map(|n| {
                        let key = (PrincipalId::from_uuid(a.principals[n]), a.routes[n].to_owned(), a.keys[n].clone());
                        let fingerprint = a.fingerprints[n].clone();
                        (key, Answer { fingerprint, status: a.statuses[n], body: a.bodies[n].clone() })
                    })
                    .collect()
            },
            audit: {
                let z = &rows.audit;
                (0..z.ids.len())
                    .map(|n| AuditLine {
                        id: AuditId::from_uuid(z.ids[n]),
                        subject: (z.subject_kinds[n], z.subject_ids[n].clone()),
                    })
                    .collect()
            },
        }
    }
}

fn orders(batch: &Batch) -> Vec<OrderSnapshot> {
    let (o, l) = (&batch.rows.orders, &batch.rows.lines);
    let mut next_line = 0;
    (0..o.ids.len())
        .map(|n| {
            let mut lines = Vec::new();
            while next_line < l.orders.len() && l.orders[next_line] == o.ids[n] {
                let m = next_line;
                lines.push(OrderLine {
                    variant_id: VariantId::from_uuid(l.variants[m]),
                    location_id: LocationId::from_uuid(l.locations[m]),
                    sku: l.skus[m].clone(),
                    title: l.titles[m].clone(),
                    quantity: Quantity::new(l.quantities[m]).expect("it was one"),
                    unit_mrp_minor: l.unit_mrps[m],
                    unit_price_minor: l.unit_prices[m],
                    net_minor: l.nets[m],
                    tax_minor: l.taxes[m],
                    tax_rate_bp: l.rates[m],
                    tax_inclusive: l.inclusives[m],
                    seq: l.seqs[m],
                });
                next_line += 1;
            }
            OrderSnapshot {
                id: OrderId::from_uuid(o.ids[n]),
                number: OrderNo::from_row(o.order_nos[n]),
                store_id: StoreId::from_uuid(o.stores[n]),
                principal_id: PrincipalId::from_uuid(o.principals[n]),
                idempotency_key: o.keys[n].clone(),
                fingerprint: o.fingerprints[n].clone(),
                cart: o.carts[n].map(CartId::from_uuid).zip(o.cart_generations[n]),
                state: State {
                    status: o.statuses[n].parse().expect("a status"),
                    payment: o.payment_statuses[n].parse().expect("a payment status"),
                },
                payment_method: o.payment_methods[n].parse().expect("a method"),
                currency: Currency::parse(&o.currencies[n]).expect("a currency"),
                totals: Totals {
                    mrp_minor: o.mrps[n],
                    discount_minor: o.discounts[n],
                    tax_minor: o.taxes[n],
                    shipping_minor: o.shippings[n],
                    grand_minor: o.grands[n],
                },
                detail: serde_json::from_str::<OrderDetail>(&o.details[n]).expect("a detail"),
                version: 1,
                placed_at: batch.at,
                placed_expires_at: o.expirations[n],
                expires_at: o.expirations[n],
                progress: Progress::default(),
                lines,
            }
        })
        .collect()
}

fn holds(batch: &Batch) -> Vec<(HoldKey, Hold)> {
    let h = &batch.rows.holds;
    (0..h.orders.len())
        .map(|n| {
            let key = HoldKey {
                account: account(h.variants[n], h.locations[n]),
                order: OrderId::from_uuid(h.orders[n]),
                attempt: h.attempts[n],
            };
            let hold = Hold {
                quantity: h.quantities[n],
                returned: 0,
                state: h.states[n],
                principal: PrincipalId::from_uuid(h.principals[n]),
                limit_window: h.limit_windows[n],
                expires_at: h.expirations[n],
            };
            (key, hold)
        })
        .collect()
}

fn levels(batch: &Batch) -> Vec<(AccountId, i64, Level)> {
    let v = &batch.rows.levels;
    (0..v.seqs.len())
        .map(|n| {
            let level = Level {
                on_hand: v.on_hands[n],
                reserved: v.reserveds[n],
                safety: v.safeties[n],
                seq: v.seqs[n],
                count_version: v.count_versions[n],
            };
            (account(v.variants[n], v.locations[n]), v.old_seqs[n], level)
        })
        .collect()
}

fn ledger(batch: &Batch) -> Vec<(AccountId, i64, Entry)> {
    let g = &batch.rows.ledger;
    (0..g.seqs.len())
        .map(|n| {
            let entry = Entry {
                batch: batch.number,
                kind: g.kinds[n],
                on_hand: g.on_hands[n],
                reserved: g.reserveds[n],
                order: g.orders[n].map(OrderId::from_uuid),
            };
            (account(g.variants[n], g.locations[n]), g.seqs[n], entry)
        })
        .collect()
}

fn hold_moves(batch: &Batch) -> Vec<HoldMove> {
    let m = &batch.rows.hold_moves;
    (0..m.orders.len())
        .map(|n| HoldMove {
            key: HoldKey {
                account: account(m.variants[n], m.locations[n]),
                order: OrderId::from_uuid(m.orders[n]),
                attempt: m.attempts[n],
            },
            from: m.from[n],
            to: m.to[n],
            expires_at: m.expirations[n],
            returned_before: m.returned_before[n],
            returned: m.returned[n],
        })
        .collect()
}

fn order_moves(batch: &Batch) -> Vec<OrderMove> {
    let (t, e) = (&batch.rows.order_moves, &batch.rows.events);
    (0..t.ids.len())
        .map(|n| OrderMove {
            id: OrderId::from_uuid(t.ids[n]),
            version: t.versions[n],
            from: t.from[n].parse().expect("a status"),
            to: t.to[n].parse().expect("a status"),
            payment: t.payments[n].map(|payment| payment.parse().expect("a payment status")),
            expires_at: t.expirations[n],
            progress: t.progresses[n].as_ref().map(|json| serde_json::from_str(json).expect("progress")),
            actor: {
                let place = e
                    .orders
                    .iter()
                    .zip(&e.versions)
                    .position(|(order, version)| (*order, *version) == (t.ids[n], t.versions[n] + 1));
                place.map_or("nobody".to_owned(), |place| e.actors[place].to_string())
            },
        })
        .collect()
}

/// A cart as its row says it.
pub(crate) fn emptied(cart: &Contents, order: OrderId, at: Timestamp) -> Contents {
    Contents {
        owner: cart.owner,
        version: cart.version + 1,
        generation: cart.generation + 1,
        lines: Vec::new(),
        last_order: Some(order),
        updated_at: at,
    }
}
