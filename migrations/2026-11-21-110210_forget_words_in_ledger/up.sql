-- The ledger bore what buyers wrote when they cancelled. Nothing is ever taken out of it, so it says now what happened in one
-- word, and the words are the order's alone. Rows of the ledger are never locked by who adds to it: orders go on, however
-- long this takes; what the outbox says meanwhile is heard when it is done.
update stock_ledger set reason = 'cancelled'
where order_id is not null and kind in ('release', 'return') and reason not in ('cancelled', 'returned');
