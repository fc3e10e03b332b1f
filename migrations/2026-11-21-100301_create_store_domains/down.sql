drop table store_domains;
