drop table order_contacts;
drop table order_claims;
