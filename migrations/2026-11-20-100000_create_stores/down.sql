drop table tax_classes;
drop table locations;
drop table stores;
