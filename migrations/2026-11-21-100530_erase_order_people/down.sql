drop table order_erasures;
drop function erase_order_person(uuid, boolean);
