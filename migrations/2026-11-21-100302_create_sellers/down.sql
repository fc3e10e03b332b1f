drop index products_seller_id_idx;
alter table products drop constraint products_seller_id_fkey;
drop table sellers;
