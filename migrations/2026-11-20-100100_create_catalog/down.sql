drop table variants;
drop table products;
drop table brands;
drop table categories;
