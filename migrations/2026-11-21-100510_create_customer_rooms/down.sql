drop table viewed_products;
drop table wishlist_items;
drop table addresses;
