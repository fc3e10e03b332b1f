drop table search_settings;
alter table stores drop column language;
