drop table idempotency_keys;
drop table order_events;
drop table order_lines;
drop table orders;
